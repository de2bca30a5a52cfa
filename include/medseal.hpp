/// @file medseal.hpp
/// @brief Sharing medical records over a consortium ledger, from C++17 on.
///
/// The C interface with owners and errors: a class for each type of object of medseal_full.h, a member for each function.
/// Header-only: link the C library. What a function does, takes and may fail with is said there and in medseal.h.
///
/// **Errors.** Where exceptions are on, a call that fails throws medseal::error. Where they are off (`-fno-exceptions`),
/// it returns a medseal::result, which holds the value or the error:
///
///     auto policy = medseal::policy::parse(text);
///     if (!policy) { log(policy.error().what()); return; }
///     use(*policy);
///
/// **Memory.** Objects are moved, not copied, and freed at the end of their scope, with the secrets in them. An object that
/// was moved from may only be assigned to or destroyed; another use of it fails with MEDSEAL_ERR_NULL_POINTER. Bytes come
/// in as views of anything contiguous, and out as std::vector; secret ones are wiped when that vector goes.
///
/// **Threads.** As in medseal.h: objects may be used by many threads, those whose type says that they have state by one at a
/// time. Members that change an object are not const.
///
/// **Processes.** As in medseal.h: after a fork, sealers, openers, sessions, the states of a handshake or of a key
/// generation and replay caches in memory work only in the process that made them; in the other they fail with
/// MEDSEAL_ERR_FORKED.
///
/// **Standards.** Code of C++17 and of later standards has the same types, and can go into one program.
///
/// **Callbacks** are std::function or objects with virtual functions. An exception that one of them throws travels to
/// the caller, around the library rather than through it.
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
