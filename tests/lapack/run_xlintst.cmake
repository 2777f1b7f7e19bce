# cmake -DTYPE=s|d|c|z -DLIBRARY=libposdef_lapack.so -DFOLDER=where xlintst? and ?test.in are -DWORK=folder -P ...
#
# Runs LAPACK's own test program of linear equations with our routines, by LD_PRELOAD, and checks its output:
#   the PO lines  potrf, potf2, potrs, potri and posv: error exits, and residuals against LAPACK's threshold 30
#   the TR lines  trtri, in the same way
# The call counter shows that our library passed, not the one that the program is linked with.
cmake_minimum_required(VERSION 3.25)
set(program "${FOLDER}/xlintst${TYPE}")
set(input "${FOLDER}/${TYPE}test.in")
if(NOT EXISTS "${program}" OR NOT EXISTS "${input}")
  message("SKIPPED: no xlintst${TYPE} in '${FOLDER}' (Debian: liblapack-test)")
  return()
endif()

string(TOUPPER "${TYPE}" T)
file(STRINGS "${input}" head LIMIT_COUNT 16)
file(STRINGS "${input}" paths REGEX "^${T}(PO|TR) ")
list(APPEND head ${paths})
list(JOIN head "\n" text)
file(MAKE_DIRECTORY "${WORK}")
file(WRITE "${WORK}/${TYPE}.in" "${text}\n")
file(REMOVE "${WORK}/${TYPE}.calls")
execute_process(
  COMMAND ${CMAKE_COMMAND} -E env "LD_PRELOAD=${LIBRARY}" "POSDEF_LAPACK_COUNT=${WORK}/${TYPE}.calls" "${program}"
  INPUT_FILE "${WORK}/${TYPE}.in" OUTPUT_VARIABLE output ERROR_VARIABLE output RESULT_VARIABLE result)
message("${output}")

set(problems "")
if(NOT result EQUAL 0)
  list(APPEND problems "the program ended with ${result}")
endif()
foreach(line
    "${T}PO routines passed the tests of the error exits"
    "All tests for ${T}PO routines passed the threshold \\( +[1-9][0-9]* tests run\\)"
    "${T}PO drivers passed the tests of the error exits"
    "All tests for ${T}PO drivers  passed the threshold \\( +[1-9][0-9]* tests run\\)"
    "${T}TR routines passed the tests of the error exits"
    "End of tests")
  if(NOT output MATCHES "${line}")
    list(APPEND problems "the output lacks: ${line}")
  endif()
endforeach()

# A failing test prints its routine and its ratio. Reference LAPACK 3.11 fails its own test of SLATRS3, which is not
# ours and does not call our routines.
string(REGEX MATCHALL "[^\n]*test *\\( *[0-9]+ *\\) *=[^\n]*" failures "${output}")
list(FILTER failures EXCLUDE REGEX "^ *${T}LATRS3\\(")
list(APPEND problems ${failures})

set(calls "")
if(EXISTS "${WORK}/${TYPE}.calls")
  file(READ "${WORK}/${TYPE}.calls" calls)
endif()
message("${calls}")
foreach(routine potrf potf2 potrs potri posv trtri)
  if(NOT calls MATCHES "(^|\n)${TYPE}${routine}_ [1-9]")
    list(APPEND problems "${TYPE}${routine}_ was never called in our library")
  endif()
endforeach()

if(problems)
  list(JOIN problems "\n  " problems)
  message(FATAL_ERROR "xlintst${TYPE}:\n  ${problems}")
endif()
