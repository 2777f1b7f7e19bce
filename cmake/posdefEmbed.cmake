# Converts text files to a C++ source: cmake -DOUT=file.cpp -DNAME=name "-DFILES=a;b" -P posdefEmbed.cmake
#
# Defines `extern const char* const NAME` in namespace posdef::internal::opencl, the concatenated files.
set(text "")
foreach(file IN LISTS FILES)
  file(READ "${file}" content)
  string(APPEND text "R\"posdef(${content})posdef\"\n")
endforeach()
file(WRITE "${OUT}" "namespace posdef::internal::opencl {\nextern const char* const ${NAME};\n"
  "const char* const ${NAME} =\n${text};\n}\n")
