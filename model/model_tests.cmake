# Whole scopes, each with its pinned number of states (model/scenarios); and controls of the harness that need a mutant:
# with part of the harness taken away, the mutant that this part finds must survive.
if(HIGHWATER_TESTS)
  foreach(scenario idempotence failures epochs window retention replicated
      replication replication-replicated replication-isr replication-retries
      replication-elr replication-wiped replication-incarnations replication-leadership replication-reassignment replication-unclean
      groups-classic groups-static groups-offsets groups-cooperative groups-joining groups-migration groups-consumer-static
      transactions transactions-v1 transactions-interleaved transactions-exhausted transactions-offsets)
    add_test(NAME model/check/${scenario}-ci
      COMMAND highwater-model check ${scenario} --scope ci --trace ${CMAKE_CURRENT_BINARY_DIR}/${scenario}-ci.trace)
    set_tests_properties(model/check/${scenario}-ci PROPERTIES LABELS model TIMEOUT 900)
  endforeach()

  # Three brokers, three offsets, three leader epochs: the largest space that CI has time for (some two minutes), on two threads.
  add_test(NAME model/check/replication-epochs-ci
    COMMAND highwater-model check replication-epochs --scope ci --threads 2
      --trace ${CMAKE_CURRENT_BINARY_DIR}/replication-epochs-ci.trace)
  set_tests_properties(model/check/replication-epochs-ci PROPERTIES LABELS model TIMEOUT 3600 PROCESSORS 2)

  # On two threads, since they are some six million states each.
  foreach(scenario transactions-instances transactions-instances-v1)
    add_test(NAME model/check/${scenario}-ci
      COMMAND highwater-model check ${scenario} --scope ci --threads 2
        --trace ${CMAKE_CURRENT_BINARY_DIR}/${scenario}-ci.trace)
    set_tests_properties(model/check/${scenario}-ci PROPERTIES LABELS model TIMEOUT 900 PROCESSORS 2)
  endforeach()

  # The abstract replication model in its three published scopes, and the generations that must be violated.
  set(kip320_limit)
  if(CMAKE_BUILD_TYPE STREQUAL "Release")
    set(kip320_limit --processor-seconds 3)
  endif()
  foreach(scope small medium large)
    add_test(NAME model/check/kip320-${scope} COMMAND highwater-model check kip320 --scope ${scope} ${kip320_limit})
    set_tests_properties(model/check/kip320-${scope} PROPERTIES LABELS model TIMEOUT 900)
  endforeach()
  add_test(NAME model/check/kip320-large-two-threads COMMAND highwater-model check kip320 --scope large --threads 2)
  set_tests_properties(model/check/kip320-large-two-threads PROPERTIES LABELS model TIMEOUT 900)
  foreach(case truncate-to-high-watermark:8 kip101:10 kip279:10 kip320-first-draft:11)
    string(REPLACE ":" ";" case ${case})
    list(GET case 0 generation)
    list(GET case 1 actions)
    add_test(NAME model/check/${generation} COMMAND highwater-model check ${generation})
    set_tests_properties(model/check/${generation} PROPERTIES LABELS model TIMEOUT 900
      PASS_REGULAR_EXPRESSION "controller: [^\n]*\n${actions} actions\n$")
  endforeach()

  function(highwater_model_control name mutant)
    add_test(NAME model/controls/${name} COMMAND highwater-mutant-${mutant} hunt --expect-survival ${ARGN})
    set_tests_properties(model/controls/${name} PROPERTIES LABELS model TIMEOUT 600)
  endfunction()
  # O7: a network that neither loses nor repeats, and a broker that does not stop, cannot show a missing check.
  highwater_model_control(O7-network-never-repeats D01 --without disconnect duplicate power_loss)
  highwater_model_control(O7-network-never-reorders D18 --without overtake)
  # O8: a disk that loses nothing cannot show an early acknowledgement.
  highwater_model_control(O8-disk-loses-nothing A29 --control disk_loses_nothing)
  # O10: a property replaced by "true" lets the mutant live that only it finds.
  highwater_model_control(O10-AckTruth D23 --silence AckTruth)
  highwater_model_control(O10-NoDirtyRead A22 --silence NoDirtyRead --without power_loss)
  highwater_model_control(O10-StartBound A20 --silence StartBound)
  highwater_model_control(O10-DriverContract A39 --silence DriverContract)

  # The same for the replicated partition.
  highwater_model_control(O7-cluster-nothing-is-late M02 --control nothing_is_late)
  highwater_model_control(O7-cluster-nothing-is-lost M04 --without drop)
  highwater_model_control(O8-cluster-disk-loses-nothing B09 --control disk_loses_nothing)
  highwater_model_control(O9-cluster-no-metadata-is-skipped A06 --control metadata_is_not_skipped)
  # O11: what is judged only when a run has come to rest.
  highwater_model_control(O11-cluster-truncation A14 --control rest_is_not_judged)
  highwater_model_control(O11-cluster-proposal B14 --control rest_is_not_judged)
  highwater_model_control(O11-cluster-acknowledgement B13 --control rest_is_not_judged)
  highwater_model_control(O10-cluster-OneLeader M12 --silence OneLeader)
  highwater_model_control(O10-cluster-IsrLaws B04 --silence IsrLaws)
  highwater_model_control(O10-cluster-EpochOrder M11 --silence EpochOrder)
  highwater_model_control(O10-cluster-HWMonotone M10 --silence HWMonotone)
  highwater_model_control(O10-cluster-CandidateCompleteness B05 --silence CandidateCompleteness)
  # Where nobody is fenced, no later property sees what a forgotten proposal does.
  highwater_model_control(O10-cluster-QuorumSuperset B25 --silence QuorumSuperset --without fence)
  highwater_model_control(O10-cluster-LogMatchingBelowHW A04
    --silence LogMatchingBelowHW --control rest_is_not_judged)
  highwater_model_control(O10-cluster-NoAckedLoss M13 --silence NoAckedLoss --control rest_is_not_judged)

  # The same for groups.
  highwater_model_control(O10-groups-GenerationOrder F02 --silence GenerationOrder)
  highwater_model_control(O10-groups-Exclusive F52 --silence Exclusive)
  highwater_model_control(O10-groups-WholeSession F16 --silence WholeSession)
  highwater_model_control(O10-groups-OffsetTruth F10 --silence OffsetTruth)
  highwater_model_control(O10-groups-ReplayEquality F53 --silence ReplayEquality)
  # The same for transactions.
  highwater_model_control(O7-transactions-no-marker-is-lost T01 --without lose_marker)
  highwater_model_control(O10-transactions-Fencing E09 --silence Fencing)
  highwater_model_control(O11-transactions-resumed E18 --control rest_is_not_judged)
  highwater_model_control(O11-transactions-repeated E05 --control rest_is_not_judged)
  # O11: L8 is judged when a run has come to rest.
  highwater_model_control(O11-groups-rest F54 --control rest_is_not_judged)
endif()

# A mutant whose text is not in the file, or is there twice, must stop the build.
if(HIGHWATER_TESTS)
  set(stale "id X\ntitle t\nsource s\nscenario idempotence\nscope small\nbreaks NoDuplicate\nfile core/log/producer_state.cc\nfind\n")
  file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/mutants/gone.mutant "${stale}| this text is not there\nput\n| whatever\n")
  file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/mutants/twice.mutant "${stale}| }\nput\n| whatever\n")
  foreach(case gone twice)
    add_test(NAME model/mutants/stale-text-${case} COMMAND highwater_apply_mutant
      ${CMAKE_CURRENT_BINARY_DIR}/mutants/${case}.mutant ${CMAKE_SOURCE_DIR} ${CMAKE_CURRENT_BINARY_DIR}/mutants/stale)
    set_tests_properties(model/mutants/stale-text-${case} PROPERTIES LABELS model
      PASS_REGULAR_EXPRESSION "no longer matches|more than once")
  endforeach()
endif()

include(mutants/explorer_mutants.cmake)

# Without disturbances everything comes to pass: no lasso in the core as it is.
if(HIGHWATER_TESTS)
  foreach(scenario replication replication-replicated replication-elections replication-isr replication-retries failures
      transactions transactions-v1 transactions-instances)
    add_test(NAME model/liveness/${scenario}
      COMMAND highwater-model check ${scenario} --scope small --explorer liveness
      --trace ${CMAKE_CURRENT_BINARY_DIR}/${scenario}-liveness.trace)
    set_tests_properties(model/liveness/${scenario} PROPERTIES LABELS model TIMEOUT 900)
  endforeach()
endif()

# The page that draws a counterexample, in a headless Chromium; and those that docs has.
if(HIGHWATER_TESTS)
  find_program(SYSTEM_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH REQUIRED)
  foreach(test page committed_page)
    add_test(NAME model/trace/${test} COMMAND ${SYSTEM_PYTHON} -B ${CMAKE_CURRENT_SOURCE_DIR}/trace/${test}_test.py)
    set_tests_properties(model/trace/${test} PROPERTIES LABELS model SKIP_RETURN_CODE 77 TIMEOUT 600 ENVIRONMENT
      "HIGHWATER_MODEL=$<TARGET_FILE:highwater-model>;HIGHWATER_MUTANTS=${CMAKE_CURRENT_BINARY_DIR}/mutants")
  endforeach()
endif()
