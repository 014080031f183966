# What every target of this project shares.
include_guard()

add_library(aorta_warnings INTERFACE)
target_compile_options(
  aorta_warnings
  INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor> $<$<BOOL:${AORTA_WARNINGS_AS_ERRORS}>:-Werror>
)

# Beside the warnings: includes by full path from the top. Not for plugins, which see the SDK alone.
add_library(aorta_options INTERFACE)
target_link_libraries(aorta_options INTERFACE aorta_warnings)
target_compile_features(aorta_options INTERFACE cxx_std_20)
# GCC 12 sees overlapping copies in std::string's operator+ where there are none (its bug 105651), with optimization only. Nothing here is
# meant to be replaced by the dynamic linker, so position-independent code may be inlined too.
target_compile_options(
  aorta_options INTERFACE $<$<AND:$<COMPILE_LANG_AND_ID:CXX,GNU>,$<CONFIG:Release>>:-Wno-restrict;-fno-semantic-interposition>
)
target_include_directories(aorta_options INTERFACE ${PROJECT_SOURCE_DIR})

# Builds for what the host does all day (docs/decisions/0021): "record" notes what messages lead through, "use" builds for it. GCC only.
set(AORTA_PROFILE "" CACHE STRING "record or use: a build for what was noted; see ./dev bench")
set(AORTA_PROFILED_ROOMS base document expr mapping group fhir plugin)
add_library(aorta_profile INTERFACE)
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set(AORTA_PROFILED_ROOMS "")
elseif(AORTA_PROFILE STREQUAL "record")
  target_compile_options(aorta_profile INTERFACE -O3 -fprofile-generate -fprofile-update=prefer-atomic)
  target_link_options(aorta_profile INTERFACE -fprofile-generate)
elseif(AORTA_PROFILE STREQUAL "use")
  # What the run did not lead through is built as ever, not for its size.
  target_compile_options(aorta_profile INTERFACE -O3 -fprofile-use -fprofile-partial-training -fprofile-correction -Wno-missing-profile -Wno-coverage-mismatch -Wno-stringop-overflow -Wno-array-bounds -Wno-restrict)
endif()

# One room of the host: aorta_core_library(document SOURCES a.cpp … LINKS aorta_base …)
function(aorta_core_library area)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS" ${ARGN})
  add_library(aorta_${area} STATIC ${arg_SOURCES})
  target_link_libraries(aorta_${area} PUBLIC aorta_options ${arg_LINKS})
  set_target_properties(aorta_${area} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  if(area IN_LIST AORTA_PROFILED_ROOMS)
    target_link_libraries(aorta_${area} PRIVATE aorta_profile)
  endif()
endfunction()

# The unit tests of one room, a ctest test per TEST_CASE: aorta_unit_test(document SOURCES a_test.cpp … LINKS aorta_document)
function(aorta_unit_test area)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${area}_test ${arg_SOURCES})
  target_link_libraries(${area}_test PRIVATE aorta_catch_main ${arg_LINKS})
  target_compile_definitions(${area}_test PRIVATE AORTA_SOURCE_DIR="${PROJECT_SOURCE_DIR}" AORTA_BINARY_DIR="${PROJECT_BINARY_DIR}")
  catch_discover_tests(${area}_test TEST_PREFIX "${area}/" PROPERTIES LABELS unit)
endfunction()

# A Python test file: aorta_python_tests(run_test.py). A ctest test per `def test_…`, to be asked for by name; and one, file/run_test, that runs them
# all in one process, as `./dev test` does (ctest -C files). TIMEOUT: seconds for each case. LAST: after those that were added before.
function(aorta_python_tests file)
  # What tests compile in folders of their own is kept as the rest of the build is.
  set(cache "")
  if(CMAKE_CXX_COMPILER_LAUNCHER)
    foreach(language C CXX)
      list(APPEND cache "CMAKE_${language}_COMPILER_LAUNCHER=${CMAKE_${language}_COMPILER_LAUNCHER}")
    endforeach()
    list(APPEND cache CCACHE_NOHASHDIR=1 CCACHE_BASEDIR=/tmp)
  endif()
  set(environment "AORTA=$<TARGET_FILE:aorta>" AORTA_BUILD=${PROJECT_BINARY_DIR} AORTA_SOURCE=${PROJECT_SOURCE_DIR} ${cache})
  cmake_parse_arguments(arg "LAST" "TIMEOUT" "" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  set(before "")
  if(arg_LAST)
    get_property(before GLOBAL PROPERTY aorta_python_tests)
  endif()
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${file})
  get_filename_component(module ${file} NAME_WE)
  set(names "")
  set(class "")
  file(STRINGS ${file} lines REGEX "^(class [A-Za-z]+|    def test_[a-z0-9_]+)")
  foreach(line IN LISTS lines)
    if(line MATCHES "^class ([A-Za-z]+)")
      set(class ${CMAKE_MATCH_1})
    elseif(line MATCHES "def (test_[a-z0-9_]+)")
      list(APPEND names "integration/${module}/${CMAKE_MATCH_1}")
      add_test(
        NAME "integration/${module}/${CMAKE_MATCH_1}" COMMAND Python3::Interpreter -B -m unittest "${module}.${class}.${CMAKE_MATCH_1}"
        WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
      )
    endif()
  endforeach()
  set_tests_properties(
    ${names} PROPERTIES LABELS "integration;case" TIMEOUT ${arg_TIMEOUT} DEPENDS "${before}" SKIP_REGULAR_EXPRESSION "OK \\(skipped="
                        ENVIRONMENT "${environment}"
  )
  add_test(
    NAME "file/${module}" CONFIGURATIONS files
    COMMAND Python3::Interpreter -B ${PROJECT_SOURCE_DIR}/tests/support/python_cases.py ${module} ${PROJECT_BINARY_DIR}/tests/cases/${module}.jsonl ${arg_TIMEOUT}
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
  )
  # The case that hangs is ended by its own time; files begin before the many short tests.
  set_tests_properties("file/${module}" PROPERTIES LABELS integration TIMEOUT 3600 COST 10 DEPENDS "${before}" ENVIRONMENT "${environment}")
  set_property(GLOBAL APPEND PROPERTY aorta_python_tests ${names} "file/${module}")
endfunction()
