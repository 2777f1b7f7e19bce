# Runs a test program under Oclgrind; fails if the program does or if Oclgrind reports anything.
#
# Kernels are interpreted unoptimized, because speculative loads of optimized code look like races. Oclgrind always exits
# with 0, so this script reads its log.
separate_arguments(CHECKS)
file(REMOVE "${LOG}")
set(ENV{POSDEF_CACHE_DIR} "")  # Oclgrind has its own compiler
execute_process(
  COMMAND "${OCLGRIND}" ${CHECKS} --build-options -cl-opt-disable --max-errors 20 --log "${LOG}"
          "${TEST}" "--gtest_filter=${FILTER}"
  RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
message("${output}")
set(findings "")
if(EXISTS "${LOG}")
  file(READ "${LOG}" findings)
endif()
if(NOT result EQUAL 0)
  message(FATAL_ERROR "the program failed: ${result}")
endif()
if(NOT output MATCHES "\\[  PASSED  \\] [1-9]" OR output MATCHES "SKIPPED")
  message(FATAL_ERROR "no test ran")
endif()
if(NOT findings STREQUAL "")
  message(FATAL_ERROR "Oclgrind reports:\n${findings}")
endif()
