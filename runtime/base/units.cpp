#include "runtime/base/units.hpp"
