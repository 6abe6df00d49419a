# Finds Debian's libzmq3-dev, which ships no CMake config, and the header of cppzmq-dev.
# Gives ZeroMQ_FOUND, ZeroMQ_VERSION and the imported target ZeroMQ::zmq.
find_path(ZeroMQ_INCLUDE_DIR zmq.h)
find_path(ZeroMQ_CPP_INCLUDE_DIR zmq.hpp)
find_library(ZeroMQ_LIBRARY zmq)
mark_as_advanced(ZeroMQ_INCLUDE_DIR ZeroMQ_CPP_INCLUDE_DIR ZeroMQ_LIBRARY)

if(ZeroMQ_INCLUDE_DIR)
  foreach(part MAJOR MINOR PATCH)
    file(STRINGS ${ZeroMQ_INCLUDE_DIR}/zmq.h line REGEX "#define ZMQ_VERSION_${part} [0-9]+")
    string(REGEX MATCH "[0-9]+" ZeroMQ_VERSION_${part} "${line}")
  endforeach()
  set(ZeroMQ_VERSION ${ZeroMQ_VERSION_MAJOR}.${ZeroMQ_VERSION_MINOR}.${ZeroMQ_VERSION_PATCH})
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(ZeroMQ
  REQUIRED_VARS ZeroMQ_LIBRARY ZeroMQ_INCLUDE_DIR ZeroMQ_CPP_INCLUDE_DIR
  VERSION_VAR ZeroMQ_VERSION)

if(ZeroMQ_FOUND AND NOT TARGET ZeroMQ::zmq)
  add_library(ZeroMQ::zmq UNKNOWN IMPORTED)
  set_target_properties(ZeroMQ::zmq PROPERTIES
    IMPORTED_LOCATION ${ZeroMQ_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${ZeroMQ_INCLUDE_DIR})
endif()
