# Tests of the tree itself, labelled `architecture`: layers, symbols of the core, headers that compile alone, strays.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
find_program(HIGHWATER_NM nm REQUIRED)

set(checks ${CMAKE_CURRENT_LIST_DIR})
add_test(NAME architecture/includes COMMAND Python3::Interpreter -B ${checks}/check_includes.py ${CMAKE_SOURCE_DIR})
add_test(NAME architecture/tree
  COMMAND Python3::Interpreter -B ${checks}/check_tree.py ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/compile_commands.json)
add_test(NAME architecture/symbols
  COMMAND Python3::Interpreter -B ${checks}/check_symbols.py $<TARGET_FILE:highwater_core>)
add_test(NAME architecture/the_checks_find_what_they_look_for
  COMMAND Python3::Interpreter -B ${checks}/checks_test.py)

# One source per header that includes it and nothing else, twice: it compiles alone and may be included again.
file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}
  ${CMAKE_SOURCE_DIR}/core/*.h ${CMAKE_SOURCE_DIR}/net/*.h ${CMAKE_SOURCE_DIR}/model/*.h ${CMAKE_SOURCE_DIR}/broker/*.h)
set(alone)
foreach(header IN LISTS headers)
  set(source ${CMAKE_BINARY_DIR}/headers_alone/${header}.cc)
  file(CONFIGURE OUTPUT ${source} CONTENT "#include \"${header}\"\n#include \"${header}\"\n")
  list(APPEND alone ${source})
endforeach()
add_library(headers_alone OBJECT EXCLUDE_FROM_ALL ${alone})
target_link_libraries(headers_alone PRIVATE highwater_options fmt::fmt)
target_compile_options(headers_alone PRIVATE -O0 -g0)
add_test(NAME architecture/headers_compile_alone
  COMMAND ${CMAKE_COMMAND} --build ${CMAKE_BINARY_DIR} --target headers_alone)

set_tests_properties(architecture/includes architecture/tree architecture/symbols
  architecture/the_checks_find_what_they_look_for architecture/headers_compile_alone PROPERTIES LABELS architecture)
set_tests_properties(architecture/headers_compile_alone PROPERTIES TIMEOUT 1800 RUN_SERIAL TRUE)
