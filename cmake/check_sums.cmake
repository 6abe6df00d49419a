# Holds each file of VENDOR against its line in VENDOR/VENDORED: `name version sha256 origin`. A file
# changes together with its line, or the build fails.
file(STRINGS ${VENDOR}/VENDORED lines REGEX "^[^#]")
foreach(line ${lines})
  separate_arguments(words UNIX_COMMAND "${line}")
  list(GET words 0 name)
  list(GET words 2 wanted)
  file(SHA256 ${VENDOR}/${name} found)
  if(NOT found STREQUAL wanted)
    message(FATAL_ERROR "${VENDOR}/${name} has the SHA-256\n  ${found}\nand VENDORED says\n  ${wanted}")
  endif()
endforeach()
