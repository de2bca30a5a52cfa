/// @file medseal.hpp
/// @brief Share medical records over a consortium ledger, from C++17 and later.
///
/// The C interface with ownership and exceptions: a class for each type of object in
/// medseal_full.h, and a member for each function. It is header-only; link the C library. medseal.h
/// and medseal_full.h describe each function, its parameters and its errors. A member without a
/// comment does what the function that it calls does. A parameter that is a pointer may be null.
///
/// **Errors.** If exceptions are enabled, a call that fails throws medseal::error. If they are
/// disabled (`-fno-exceptions`), calls return a medseal::result, which holds the value or the
/// error:
///
///     auto policy = medseal::policy::parse(text);
///     if (!policy) { log(policy.error().what()); return; }
///     use(*policy);
///
/// **Memory.** Objects can be moved but not copied. They are freed at the end of their scope, and
/// their secrets are wiped. An object that was moved from may only be assigned to or destroyed; any
/// other use fails with MEDSEAL_ERR_NULL_POINTER. Input bytes are views of any contiguous
/// container. Output bytes are in a std::vector, which wipes secret bytes when it is destroyed.
///
/// **Threads.** As in medseal.h, many threads may use an object at once, unless its type says that
/// it has state; then only one thread may use it at a time. Members that change an object are not
/// const.
///
/// **Processes.** As in medseal.h, after a fork, sealers, openers, sessions, the states of a
/// handshake or of a key generation and replay caches in memory work only in the process that made
/// them. In the other process they fail with MEDSEAL_ERR_FORKED.
///
/// **Standards.** The types are the same in C++17 and later standards, so code of several standards
/// can be linked into one program.
///
/// **Callbacks** are std::function or objects with virtual functions. If a callback throws, the
/// exception does not pass through the library: the wrapper catches it, and throws it again to the
/// caller.
#ifndef MEDSEAL_HPP
#define MEDSEAL_HPP

#include "medseal/abe.hpp"
#include "medseal/abs.hpp"
#include "medseal/authorities.hpp"
#include "medseal/authority.hpp"
#include "medseal/basis.hpp"
#include "medseal/callbacks.hpp"
#include "medseal/charter.hpp"
#include "medseal/handshake.hpp"
#include "medseal/identity.hpp"
#include "medseal/ledger.hpp"
#include "medseal/members.hpp"
#include "medseal/merkle.hpp"
#include "medseal/policy.hpp"
#include "medseal/record.hpp"
#include "medseal/search.hpp"
#include "medseal/share.hpp"
#include "medseal/store.hpp"

#endif
