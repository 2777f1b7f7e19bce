# The tuner: plans use the settings that it has saved, with the same bits, and use the built-in ones again when the file is
# damaged.
#
#   cmake -DPROGRAM=posdef -DDEVICE=opencl -DFOLDER=scratch -P run_tuner.cmake
file(REMOVE_RECURSE "${FOLDER}")
file(MAKE_DIRECTORY "${FOLDER}")
set(ENV{POSDEF_CACHE_DIR} "${FOLDER}/cache")

function(posdef out)
  execute_process(COMMAND "${PROGRAM}" ${ARGN} WORKING_DIRECTORY "${FOLDER}"
    RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE messages)
  message("posdef ${ARGN}\n${output}${messages}")
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "status ${status}")
  endif()
  set(${out} "${output}${messages}" PARENT_SCOPE)
endfunction()
function(expect text pattern)
  if(NOT text MATCHES "${pattern}")
    message(FATAL_ERROR "no \"${pattern}\"")
  endif()
endfunction()

posdef(text generate spectrum --n 333 --dtype f32 --output a.npy)
posdef(text devices)
expect("${text}" "${DEVICE} [^\n]*settings built in")
posdef(text factor a.npy --device ${DEVICE} --output before.npy)
posdef(text bench --device ${DEVICE} --tune --quick --dtype f32 --time 0.01)
expect("${text}" "f32 tile [0-9]+ block [0-9]+ panel [0-9]+ many [0-9]+ some [0-9]+ tiles_from [0-9]+ tiles_to [0-9]+")
expect("${text}" "saved: later plans on this device")
posdef(text devices)
expect("${text}" "${DEVICE} [^\n]*settings measured here")
posdef(text factor a.npy --device ${DEVICE} --output after.npy)
file(SHA256 "${FOLDER}/before.npy" before)
file(SHA256 "${FOLDER}/after.npy" after)
if(NOT before STREQUAL after)
  message(FATAL_ERROR "other bits with other settings")
endif()

# Damages every file of the folder, because only the library knows which one has the settings.
file(GLOB kept "${FOLDER}/cache/*")
foreach(file IN LISTS kept)
  file(APPEND "${file}" "x")
endforeach()
posdef(text devices)
expect("${text}" "${DEVICE} [^\n]*settings built in")
