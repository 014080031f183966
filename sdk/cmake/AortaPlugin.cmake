# aorta_add_plugin(NAME KIND source|template|sink SOURCES a.cpp … [VERSION 1.2.0])
#
# The plugin library NAME.so in <build folder>/lib/aorta/plugins with NAME.manifest.json beside it; `cmake --install` puts both into
# PREFIX/lib/aorta/plugins. It exports one symbol, leaves nothing undefined, and can really be unloaded.
include_guard()

function(aorta_add_plugin name)
  cmake_parse_arguments(arg "" "KIND;VERSION" "SOURCES" ${ARGN})
  if(NOT arg_KIND MATCHES "^(source|template|sink)$")
    message(FATAL_ERROR "aorta_add_plugin(${name}): KIND must be source, template or sink")
  endif()
  if(NOT arg_VERSION)
    set(arg_VERSION ${PROJECT_VERSION})
  endif()
  if(NOT arg_VERSION)
    set(arg_VERSION 0.0.0)
  endif()

  set(folder ${CMAKE_BINARY_DIR}/lib/aorta/plugins)
  add_library(${name} MODULE ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE Aorta::sdk)
  target_compile_definitions(${name} PRIVATE AORTA_PLUGIN_VERSION="${arg_VERSION}")
  set_target_properties(
    ${name}
    PROPERTIES PREFIX ""
               C_VISIBILITY_PRESET hidden
               CXX_VISIBILITY_PRESET hidden
               VISIBILITY_INLINES_HIDDEN ON
               LIBRARY_OUTPUT_DIRECTORY ${folder}
  )
  aorta_plugin_link_options(${name})
  aorta_plugin_manifest(${name} ${folder})
  install(TARGETS ${name} LIBRARY DESTINATION lib/aorta/plugins)
  install(FILES ${folder}/${name}.manifest.json DESTINATION lib/aorta/plugins)
endfunction()

# aorta_add_plugin_test(NAME PLUGIN plugin SOURCES a_test.cpp …)
#
# A test of that plugin without the host: its sources see <aorta/testing.hpp>, and the library's path as AORTA_TEST_PLUGIN.
function(aorta_add_plugin_test name)
  cmake_parse_arguments(arg "" "PLUGIN" "SOURCES" ${ARGN})
  if(NOT TARGET "${arg_PLUGIN}")
    message(FATAL_ERROR "aorta_add_plugin_test(${name}): PLUGIN must name a target of aorta_add_plugin()")
  endif()
  add_executable(${name} ${arg_SOURCES})
  add_dependencies(${name} ${arg_PLUGIN})
  target_link_libraries(${name} PRIVATE Aorta::testing Aorta::services)
  target_compile_definitions(${name} PRIVATE AORTA_TEST_PLUGIN="$<TARGET_FILE:${arg_PLUGIN}>")
  add_test(NAME ${name} COMMAND ${name})
endfunction()

# Unique symbols would keep the library in memory after unloading; sanitizers leave symbols for the executable to define.
function(aorta_plugin_link_options name)
  target_compile_options(${name} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fno-gnu-unique>)
  target_link_options(${name} PRIVATE -Wl,--version-script=${CMAKE_CURRENT_FUNCTION_LIST_DIR}/aorta-plugin.map)
  set_property(TARGET ${name} APPEND PROPERTY LINK_DEPENDS ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/aorta-plugin.map)
  if(NOT "${CMAKE_C_FLAGS} ${CMAKE_CXX_FLAGS}" MATCHES "-fsanitize")
    target_link_options(${name} PRIVATE -Wl,-z,defs)
  endif()
endfunction()

# The host refuses libraries that others may write to, whatever umask they were built with.
function(aorta_plugin_manifest name folder)
  add_custom_command(
    TARGET ${name}
    POST_BUILD
    COMMAND Aorta::aorta-manifest $<TARGET_FILE:${name}> ${folder}/${name}.manifest.json
    COMMAND chmod go-w $<TARGET_FILE:${name}> ${folder}/${name}.manifest.json
    BYPRODUCTS ${folder}/${name}.manifest.json
    VERBATIM
  )
endfunction()
