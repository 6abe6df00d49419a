# The flags and functions that the folders declare their targets with.

# The interface target that carries the warnings.
add_library(chargemill_flags INTERFACE)
target_compile_options(chargemill_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CHARGEMILL_SANITIZE)
  # Instrumented code makes gcc 12 guess at uninitialised values that it can see are set without it,
  # and warn of fences that ThreadSanitizer does not model; ours have none.
  target_compile_options(chargemill_flags INTERFACE -Wno-maybe-uninitialized -Wno-tsan)
endif()

# chargemill_library(<name> SOURCES <file>... DEPENDS <target>...)
# One folder, one library: chargemill_<name>, called chargemill::<name> everywhere else.
function(chargemill_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPENDS")
  add_library(chargemill_${name} STATIC ${arg_SOURCES})
  add_library(chargemill::${name} ALIAS chargemill_${name})
  target_include_directories(chargemill_${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(chargemill_${name} PUBLIC ${arg_DEPENDS} PRIVATE chargemill_flags)
  if(CHARGEMILL_PCH AND "CAF::core" IN_LIST arg_DEPENDS)
    target_precompile_headers(chargemill_${name} PRIVATE <caf/actor_system.hpp> <caf/local_actor.hpp>)
  endif()
endfunction()

# chargemill_folders(<folder>...): those of the folders that have a CMakeLists.txt.
function(chargemill_folders)
  foreach(folder ${ARGN})
    if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/CMakeLists.txt)
      add_subdirectory(${folder})
    endif()
  endforeach()
endfunction()

# chargemill_existing(<variable> <target>...): those of the targets that there are.
function(chargemill_existing variable)
  set(found)
  foreach(target ${ARGN})
    if(TARGET ${target})
      list(APPEND found ${target})
    endif()
  endforeach()
  set(${variable} ${found} PARENT_SCOPE)
endfunction()

# mimalloc replaces malloc in programs that are measured; a sanitizer brings an allocator of its own.
function(chargemill_allocator target)
  if(NOT CHARGEMILL_SANITIZE AND NOT CHARGEMILL_FUZZ)
    target_link_libraries(${target} PRIVATE mimalloc)
  endif()
endfunction()
