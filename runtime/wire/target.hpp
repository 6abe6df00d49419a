// Functions for one kind of processor in a program that runs on all of them.
#pragma once

/// Everything from CHARGEMILL_TARGET_BEGIN(features) to CHARGEMILL_TARGET_END is compiled with
/// these features, as if each function bore the attribute `target`: the attribute alone cannot be
/// given to a template by its argument. Headers that are shared must be included before, or their
/// inline functions would need the features everywhere.
#if defined(__clang__)
#define CHARGEMILL_PRAGMA(text) _Pragma(#text)
#define CHARGEMILL_TARGET_BEGIN(features) \
  CHARGEMILL_PRAGMA(clang attribute push(__attribute__((target(features))), apply_to = function))
#define CHARGEMILL_TARGET_END _Pragma("clang attribute pop")
#else
#define CHARGEMILL_PRAGMA(text) _Pragma(#text)
#define CHARGEMILL_TARGET_BEGIN(features) \
  _Pragma("GCC push_options") CHARGEMILL_PRAGMA(GCC target(features))
#define CHARGEMILL_TARGET_END _Pragma("GCC pop_options")
#endif
