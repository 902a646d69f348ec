# Mutants of the harness itself: the explorer, the symmetry reduction and the abstract model that certifies them. Each is
# the certifying program with edited copies of those files ahead of the originals, headers too; a figure of the kind
# that its file names must come out different.
add_executable(highwater-certify highwater_certify_main.cc)
target_link_libraries(highwater-certify PRIVATE highwater_model)
if(HIGHWATER_TESTS)
  add_test(NAME model/certify COMMAND highwater-certify)
  set_tests_properties(model/certify PROPERTIES LABELS model TIMEOUT 600)
endif()

add_library(highwater_certify_program OBJECT highwater_certify_main.cc)
target_link_libraries(highwater_certify_program PUBLIC highwater_model)

file(GLOB mutant_files CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/mutants/explorer/*.mutant)
foreach(mutant_file IN LISTS mutant_files)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${mutant_file})
  get_filename_component(id ${mutant_file} NAME_WE)
  file(STRINGS ${mutant_file} edited REGEX "^file ")
  list(TRANSFORM edited REPLACE "^file " "")
  list(REMOVE_DUPLICATES edited)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/mutants/explorer-${id})
  set(originals ${edited})
  list(TRANSFORM originals PREPEND ${CMAKE_SOURCE_DIR}/)
  set(copies ${edited})
  list(TRANSFORM copies PREPEND ${output}/)
  add_custom_command(OUTPUT ${copies} ${output}/variant.cc
    COMMAND highwater_apply_mutant ${mutant_file} ${CMAKE_SOURCE_DIR} ${output}
    DEPENDS highwater_apply_mutant ${mutant_file} ${originals}
    COMMENT "Explorer mutant ${id}" VERBATIM)
  set(sources ${copies})
  if(edited MATCHES "\\.h(;|$)")
    # Where the explorer is instantiated for the figures: compiled again, against the edited headers.
    list(APPEND sources abstract/certify.cc)
  endif()
  add_executable(highwater-certify-${id} ${sources} ${output}/variant.cc $<TARGET_OBJECTS:highwater_certify_program>)
  target_include_directories(highwater-certify-${id} BEFORE PRIVATE ${output})
  target_link_libraries(highwater-certify-${id} PRIVATE highwater_model)
  target_compile_options(highwater-certify-${id} PRIVATE -Wno-unused -Wno-unused-parameter)
  set_target_properties(highwater-certify-${id} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/mutants)
  if(HIGHWATER_TESTS)
    add_test(NAME model/controls/${id} COMMAND highwater-certify-${id})
    set_tests_properties(model/controls/${id} PROPERTIES LABELS model TIMEOUT 600)
  endif()
endforeach()
