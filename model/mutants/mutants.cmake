# One program per mutant: its edited core files are compiled and linked ahead of the libraries, so that the linker takes
# them instead of the originals. A mutant whose text no longer matches fails the build here.
add_executable(highwater_apply_mutant mutants/apply_main.cc)
if(NOT HIGHWATER_FUZZERS)  # it runs while building: nothing to count
  target_link_libraries(highwater_apply_mutant PRIVATE highwater_options)
endif()

if(HIGHWATER_TESTS)
  add_library(highwater_hunt_program OBJECT highwater_hunt_main.cc)
  target_link_libraries(highwater_hunt_program PUBLIC highwater_model GTest::gtest)
endif()

file(GLOB mutant_files CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/mutants/*.mutant)
foreach(mutant_file IN LISTS mutant_files)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${mutant_file})
  get_filename_component(id ${mutant_file} NAME_WE)
  file(STRINGS ${mutant_file} edited REGEX "^file ")
  list(TRANSFORM edited REPLACE "^file " "")
  list(REMOVE_DUPLICATES edited)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/mutants/${id})
  set(originals ${edited})
  list(TRANSFORM originals PREPEND ${CMAKE_SOURCE_DIR}/)
  set(copies ${edited})
  list(TRANSFORM copies PREPEND ${output}/)
  add_custom_command(OUTPUT ${copies} ${output}/variant.cc
    COMMAND highwater_apply_mutant ${mutant_file} ${CMAKE_SOURCE_DIR} ${output}
    DEPENDS highwater_apply_mutant ${mutant_file} ${originals}
    COMMENT "Mutant ${id}" VERBATIM)
  # The model checker hunts, or the test program that the file names.
  file(STRINGS ${mutant_file} hunter REGEX "^hunter ")
  if(hunter)
    if(NOT HIGHWATER_TESTS)
      continue()
    endif()
    string(REPLACE "hunter " "" hunter ${hunter})
    add_executable(highwater-mutant-${id} ${copies} ${output}/variant.cc $<TARGET_OBJECTS:highwater_hunt_program>
      $<TARGET_OBJECTS:${hunter}>)
    target_link_libraries(highwater-mutant-${id} PRIVATE $<TARGET_PROPERTY:${hunter},LINK_LIBRARIES> highwater_model)
  else()
    add_executable(highwater-mutant-${id} ${copies} ${output}/variant.cc $<TARGET_OBJECTS:highwater_model_program>)
    target_link_libraries(highwater-mutant-${id} PRIVATE highwater_model)
    target_precompile_headers(highwater-mutant-${id} REUSE_FROM highwater_core)  # mutants edit sources, never headers
  endif()
  # The guided explorer against the mutant: only asked for by name.
  file(STRINGS ${mutant_file} scenario REGEX "^scenario ")
  if(HIGHWATER_FUZZERS AND scenario AND NOT scenario MATCHES "^scenario (groups|transactions)")
    set(world idempotence)
    if(scenario MATCHES "^scenario replication")
      set(world replication)
    endif()
    add_executable(schedule_fuzz-${id} EXCLUDE_FROM_ALL ${copies} ${output}/variant.cc
      ${CMAKE_SOURCE_DIR}/fuzz/${world}_schedule_fuzz.cc)
    target_link_libraries(schedule_fuzz-${id} PRIVATE highwater_model)
    target_compile_options(schedule_fuzz-${id} PRIVATE -Wno-unused -Wno-unused-parameter)
    target_link_options(schedule_fuzz-${id} PRIVATE -fsanitize=fuzzer)
    set_target_properties(schedule_fuzz-${id} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/mutants)
  endif()
  # The edit may leave something unused.
  target_compile_options(highwater-mutant-${id} PRIVATE -Wno-unused -Wno-unused-parameter)
  set_target_properties(highwater-mutant-${id} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/mutants)
  if(HIGHWATER_TESTS)
    add_test(NAME model/mutants/${id} COMMAND highwater-mutant-${id} hunt)
    set_tests_properties(model/mutants/${id} PROPERTIES LABELS model TIMEOUT 600)
    if(NOT hunter)
      # What random walks find of it is minimised to at most 1.2 times the shortest way.
      add_test(NAME model/minimise/${id} COMMAND highwater-mutant-${id} hunt --minimised)
      set_tests_properties(model/minimise/${id} PROPERTIES LABELS model TIMEOUT 600
        SKIP_REGULAR_EXPRESSION "not judged")
    endif()
  endif()
endforeach()
