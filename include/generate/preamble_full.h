/// @file medseal_full.h
/// @brief The whole C interface. It includes medseal.h, whose first page holds for all functions.
///
/// Generated from src/ffi by include/generate; do not edit.

#ifndef MEDSEAL_FULL_H
#define MEDSEAL_FULL_H

#include "medseal.h"

#ifdef __cplusplus
extern "C" {
#endif

