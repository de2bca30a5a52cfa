//! Versions and texts.

use std::ffi::{c_char, c_void};
use std::mem::MaybeUninit;
use std::slice;

use zeroize::Zeroize;

use super::abi::guard_value;
use super::status::{medseal_status, text_of};

/// Returns the version of the library in use, which may be newer than the header, as
/// MEDSEAL_VERSION_NUMBER: (major << 16) + (minor << 8) + patch.
/// @return the version number
#[unsafe(no_mangle)]
pub extern "C" fn medseal_version_number() -> u32 {
    const fn number(text: &str) -> u32 {
        let (digits, mut number, mut i) = (text.as_bytes(), 0, 0);
        while i < digits.len() {
            #[expect(clippy::indexing_slicing, reason = "below the length, and at compile time")]
            let digit = digits[i] - b'0';
            number = number * 10 + digit as u32;
            i += 1;
        }
        assert!(number < 256);
        number
    }
    const NUMBER: u32 = (number(env!("CARGO_PKG_VERSION_MAJOR")) << 16)
        + (number(env!("CARGO_PKG_VERSION_MINOR")) << 8)
        + number(env!("CARGO_PKG_VERSION_PATCH"));
    guard_value(0, || NUMBER)
}

/// Returns the version of the library in use, such as "0.1.0".
/// @return static text with a NUL at its end; do not free it
#[unsafe(no_mangle)]
pub extern "C" fn medseal_version_text() -> *const c_char {
    const TEXT: &str = concat!(env!("CARGO_PKG_VERSION"), "\0");
    guard_value(std::ptr::null(), || TEXT.as_ptr().cast())
}

/// Wipes memory that held a secret. Unlike memset(), the compiler does not optimise it away.
/// @param data the memory; if it is NULL, the function does nothing
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_wipe(data: *mut c_void, len: usize) {
    guard_value((), || {
        if !data.is_null() && len <= isize::MAX as usize {
            // SAFETY: the caller promises that so many bytes are writable. They need not have been written before.
            unsafe { slice::from_raw_parts_mut(data.cast::<MaybeUninit<u8>>(), len) }.zeroize();
        }
    });
}

/// Returns the text of a status, in English.
/// @param status a status; any number is allowed
/// @return static text with a NUL at its end; do not free it. "an unknown status" if the number is
///         not a status
#[unsafe(no_mangle)]
pub extern "C" fn medseal_status_text(status: medseal_status) -> *const c_char {
    guard_value(std::ptr::null(), || text_of(status).as_ptr().cast())
}
