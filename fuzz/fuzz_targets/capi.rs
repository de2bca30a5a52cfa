//! Sequences of calls of the C interface: every function of the header, in any order, on objects
//! that earlier calls made, on golden ones, and on objects of the wrong type.
//!
//! After every call, the target checks the header's promises: the extent and place of writes, and
//! that all outputs of a failed call are empty. The sanitizer checks the memory.

#![no_main]
#![expect(clippy::too_many_arguments, reason = "C has no slices")]

use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use medseal as _; // the functions are in it

include!(concat!(env!("OUT_DIR"), "/calls.rs"));

const OK: i32 = 0;
/// Neither NULL nor a valid pointer: an output that was not written.
const UNSET: *mut c_void = 1 as *mut c_void;

/// The library's status for a buffer that is too small.
static BUFFER_TOO_SMALL: LazyLock<i32> = LazyLock::new(|| define("MEDSEAL_ERR_BUFFER_TOO_SMALL"));
/// The status of an internal error, which no call may cause.
static INTERNAL: LazyLock<i32> = LazyLock::new(|| define("MEDSEAL_ERR_INTERNAL"));

fn define(name: &str) -> i32 {
    let header = include_str!("../../include/medseal.h");
    let value = header.split_once(&format!("#define {name} ")).expect("it is defined").1;
    value.split_whitespace().next().and_then(|value| value.parse().ok()).expect("it is a number")
}

#[repr(C)]
struct Error {
    struct_size: usize,
    position: u64,
    status: i32,
    step: i32,
    message: [u8; MESSAGE],
}
const MESSAGE: usize = 224;

/// A number or a struct of numbers.
#[repr(align(16))]
struct Plain([u8; 256]);

impl Plain {
    fn unset() -> Self {
        Self([0xaa; 256])
    }

    fn pointer(&mut self) -> *mut c_void {
        self.0.as_mut_ptr().cast()
    }

    /// After a failure it is all zeros, over its whole length.
    fn check(&self, status: i32) {
        if status != OK && status != *BUFFER_TOO_SMALL {
            let zeros = self.0.iter().take_while(|byte| **byte == 0).count();
            assert!(zeros > 0 && self.0[zeros..].iter().all(|byte| *byte == 0xaa), "not cleared on failure");
        }
    }
}

struct Buffer {
    bytes: Vec<u8>,
    capacity: usize,
    length: usize,
}

impl Buffer {
    fn pointer(&mut self) -> *mut u8 {
        if self.capacity == 0 { null_mut() } else { self.bytes.as_mut_ptr() }
    }

    fn check(&self, status: i32) {
        if status == OK {
            assert!(self.length <= self.capacity);
        } else if status == *BUFFER_TOO_SMALL {
            // With two buffers, it may be the other one.
            assert!(self.bytes.iter().all(|byte| *byte == 0xaa), "something was written");
        } else {
            assert_eq!(self.length, 0, "not cleared on failure");
        }
    }
}

struct Input<'a> {
    rest: &'a [u8],
    objects: Vec<(&'static str, *mut c_void)>,
    error: Box<Error>,
}

impl<'a> Input<'a> {
    fn byte(&mut self) -> u8 {
        let (first, rest) = self.rest.split_first().unwrap_or((&0, &[]));
        self.rest = rest;
        *first
    }

    /// Mostly small ones.
    fn number(&mut self) -> u64 {
        match self.byte() {
            small @ ..0xf0 => u64::from(small),
            0xff => u64::MAX,
            large => (0..large & 7).fold(0, |number, _| number << 8 | u64::from(self.byte())),
        }
    }

    fn threads(&mut self) -> usize {
        (self.byte() % 4).into()
    }

    /// Bytes of the input, or the bytes of a golden object.
    fn bytes(&mut self) -> Vec<u8> {
        match self.byte() {
            choice @ 0x80.. => GOLDEN[usize::from(choice) % GOLDEN.len()].1.clone(),
            length => {
                let (bytes, rest) = self.rest.split_at(self.rest.len().min(length.into()));
                self.rest = rest;
                bytes.to_vec()
            }
        }
    }

    fn text(&mut self) -> Vec<u8> {
        const TEXTS: [&str; 8] = [
            "role=doctor and department=cardiology",
            "role=doctor",
            "not role=doctor or clearance>=3",
            "clinic.example",
            "role=doctor, department=cardiology, clearance=3",
            "2 of (a, b, c)",
            "golden",
            "e11.9",
        ];
        match self.byte() {
            choice @ 0x80.. => TEXTS[usize::from(choice) % TEXTS.len()].into(),
            _ => self.bytes(),
        }
    }

    fn buffer(&mut self) -> Buffer {
        let capacity = match self.byte() {
            small @ ..0x80 => small.into(),
            _ => 20_000,
        };
        Buffer { bytes: vec![0xaa; capacity], capacity, length: capacity }
    }

    fn plain(&mut self) -> Plain {
        let mut plain = Plain([0; 256]);
        let bytes = self.bytes();
        plain.0.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
        plain
    }

    fn error(&mut self) -> *mut Error {
        &raw mut *self.error
    }

    /// Usually an object of this kind, sometimes of any kind, or NULL.
    fn handle(&mut self, kind: &'static str) -> *mut c_void {
        let choice = self.byte();
        if choice == 0xff {
            return null_mut();
        }
        let any = choice >= 0xf0;
        if !any && !self.objects.iter().any(|object| object.0 == kind) {
            if let Some(object) = golden(kind) {
                self.objects.push((kind, object));
            }
        }
        let fitting: Vec<_> = self.objects.iter().filter(|object| any || object.0 == kind).collect();
        if fitting.is_empty() { null_mut() } else { fitting[usize::from(choice) % fitting.len()].1 }
    }

    fn handles(&mut self, kind: &'static str) -> Vec<*mut c_void> {
        (0..self.byte() % 4).map(|_| self.handle(kind)).collect()
    }

    /// An object to free.
    fn take(&mut self, kind: &'static str) -> *mut c_void {
        let object = self.handle(kind);
        if let Some(at) = self.objects.iter().position(|(is, other)| *is == kind && *other == object) {
            self.objects.swap_remove(at);
        }
        object // an object of another kind is not freed
    }

    fn keep(&mut self, kind: &'static str, object: *mut c_void, status: i32) {
        if status == OK {
            // An optional object, such as an entry's envelope, is NULL if absent.
            assert_ne!(object, UNSET, "not written");
            if !object.is_null() {
                self.objects.push((kind, object));
            }
        } else {
            assert!(object.is_null(), "not cleared on failure");
        }
    }

    fn check(&self, name: &str, status: i32) {
        assert!(status >= OK && status != *INTERNAL, "{name}: {status}");
        assert_eq!(self.error.status, status, "{name}");
        let message = self.error.message.split(|byte| *byte == 0).next().expect("split gives one");
        assert!(message.len() < MESSAGE && std::str::from_utf8(message).is_ok(), "{name}");
        assert_eq!(message.is_empty(), status == OK, "{name}: {status}");
    }
}

/// The golden objects, by kind.
static GOLDEN: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/golden");
    let files = std::fs::read_dir(folder).expect("the golden objects are there");
    let objects = files.map(|file| {
        let path = file.expect("a file").path();
        let text = std::fs::read_to_string(&path).expect("a text");
        let kind = path.file_stem().expect("a name").to_string_lossy().replace('-', "_");
        (kind, hex::decode(text.split_whitespace().collect::<String>()).expect("hexadecimal digits"))
    });
    let mut objects: Vec<_> = objects.collect();
    objects.sort();
    objects
});

type Decode = unsafe extern "C" fn(*const u8, usize, *mut *mut c_void, *mut Error) -> i32;

fn golden(kind: &str) -> Option<*mut c_void> {
    let decode = decoder(kind)?;
    let (_, bytes) = GOLDEN.iter().find(|golden| golden.0 == kind)?;
    let mut object = null_mut();
    let status = unsafe { decode(bytes.as_ptr(), bytes.len(), &raw mut object, null_mut()) };
    assert_eq!(status, OK, "the golden {kind}");
    Some(object)
}

fuzz_target!(|bytes: &[u8]| {
    assert_eq!(define("MEDSEAL_ERROR_MESSAGE_BYTES"), MESSAGE as i32);
    let error =
        Error { struct_size: size_of::<Error>(), position: 0, status: 0, step: 0, message: [0; MESSAGE] };
    let mut input = Input { rest: bytes, objects: Vec::new(), error: Box::new(error) };
    for _ in 0..24 {
        if input.rest.is_empty() {
            break;
        }
        let number = u16::from_le_bytes([input.byte(), input.byte()]) % FUNCTIONS;
        unsafe { call(number, &mut input) };
    }
    for (kind, object) in std::mem::take(&mut input.objects) {
        unsafe { free(kind, object) };
    }
});
