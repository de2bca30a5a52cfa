//! How the functions of the interface are written: what each parameter is, what each output is, and
//! the work between.
//!
//! ```text
//! export! {
//!     /// The authority's master key for key wrapping. It is secret, and wiped when freed.
//!     struct medseal_abe_master_key;                  // encode, decode and free come from its row in the table
//!
//!     /// A sealer. It has state: one call at a time.
//!     struct medseal_sealer: stateful Option<Sealer>;
//!
//!     /// The id of an entry: the hash of its statement. Public.
//!     bytes medseal_entry_id[MEDSEAL_ENTRY_ID_BYTES = 32] of EntryId;
//!
//!     /// Issues a decryption key for attributes.
//!     medseal_abe_issue(
//!         master: object medseal_abe_master_key, attributes: object medseal_attributes
//!     ) -> (key: object medseal_abe_decryption_key) {
//!         master.issue(attributes, &mut OsRng)?
//!     }
//! }
//! ```
//! In C the outputs follow the parameters, and the `medseal_error` is last. In the work, each
//! parameter is a variable of the same name that holds the object or value. The work returns the
//! values of the outputs: none, one, or a tuple. Places for outputs are taken first, because they
//! must be cleared if anything fails. So are callbacks, whose `ctx` must be dropped however the
//! call ends. Objects that can be used once are taken last, so they are not spent if another
//! parameter is refused. `with c` names the [`Caller`](super::abi::Caller) for the work.
//!
//! | parameter | in C | in the work |
//! |---|---|---|
//! | `object T` | `const T *` | the object |
//! | `state T`, `peek T` | `T *`, `const T *` | the object with state, for this call alone |
//! | `once T` | `T *` | what can be used once |
//! | `objects T`, `copies T` | an array of handles and its length | the objects, or copies of them |
//! | `value T`, `values T` | `const T *`; an array and its length | a plain struct; several |
//! | `sized T`, `callbacks T` | `const T *` | a struct with `struct_size`; a [`Callbacks`](super::callbacks::Callbacks) |
//! | `bytes`, `text`, `name` | a pointer and a length | `&[u8]`, `&str`, a [`Name`](crate::identity::Name) |
//! | `reader`, `writer`, `progress` | pointer to such a struct | `Source`, `Target`, `Listener` |
//! | `consortium`, `publication` | pointer to such a struct | what it is in [`share`](crate::share) |
//! | `buffer`, `place T` | an output's | the output, which the work fills by itself, or not |
//! | `u64` and the like | the number | the number |
//!
//! | output | in C | the value |
//! |---|---|---|
//! | `object T` | `T **` | the object |
//! | `value T` | `T *` | a plain struct or number |
//! | `bool`, `secret` | `bool *`, `medseal_secret *` | `bool`, thirty-two bytes |
//! | `bytes`, `text` | a buffer and its length | what has bytes |
//! | `numbers T` | an array and its length | a `Vec`; what is left over is cleared |
//!
//! With `_or_null`, a pointer may be NULL: a parameter is then an `Option`, and an output is
//! omitted. Functions that do not fit are written out, in the form that [`abi`](super::abi) shows.
//!
//! Two programs read the macro: the compiler, and the generator of the header, as text.

macro_rules! export {
    () => {};
    ($(#[doc = $doc:literal])+ struct $name:ident; $($rest:tt)*) => {
        $(#[doc = $doc])+
        pub struct $name {
            _opaque: [u8; 0],
        }
        $crate::ffi::export::export!($($rest)*);
    };
    ($(#[doc = $doc:literal])+ bytes $name:ident[$count:ident = $bytes:literal] of $type:ty; $($rest:tt)*) => {
        impl From<&$type> for $name {
            fn from(value: &$type) -> Self {
                Self { bytes: *value.as_bytes() }
            }
        }

        impl From<$name> for $type {
            fn from($name { bytes }: $name) -> Self {
                Self::from(bytes)
            }
        }
        $crate::ffi::export::export!($(#[doc = $doc])+ bytes $name[$count = $bytes]; $($rest)*);
    };
    ($(#[doc = $doc:literal])+ bytes $name:ident[$count:ident = $bytes:literal]; $($rest:tt)*) => {
        #[doc = concat!("Bytes of a ", stringify!($name), ".")]
        pub const $count: usize = $bytes;

        $(#[doc = $doc])+
        #[repr(C)]
        #[derive(Clone, Copy)]
        pub struct $name {
            /// The bytes.
            pub bytes: [u8; $count],
        }

        // SAFETY: any bytes are one of these, all zeros too.
        unsafe impl $crate::ffi::abi::Plain for $name {}
        $crate::ffi::export::export!($($rest)*);
    };
    (
        $(#[doc = $doc:literal])+
        struct $name:ident: $state:ident $content:ty;
        $($rest:tt)*
    ) => {
        $crate::ffi::export::export!($(#[doc = $doc])+ struct $name;);
        $crate::ffi::handle::handle!($state $name($content));
        $crate::ffi::objects::free!($name);
        $crate::ffi::export::export!($($rest)*);
    };
    (
        $(#[doc = $doc:literal])+
        $name:ident($($in:ident $(, $len:ident)?: $kind:ident $($type:ident)?),*)
        -> ($($out:ident $(, $size:ident)?: $form:ident $($made:ident)?),*)
        $(with $c:ident)? $work:block
        $($rest:tt)*
    ) => {
        $crate::ffi::export::export!(
            @ $($c)?; [$($doc)+] $name
            [$($in $(, $len)?: $kind $($type)?),*] [$($out $(, $size)?: $form $($made)?),*] $work
        );
        $crate::ffi::export::export!($($rest)*);
    };
    (@ ; $($function:tt)*) => {
        $crate::ffi::export::export!(@ c; $($function)*);
    };
    (
        @ $c:ident; [$($doc:literal)+] $name:ident
        [$($in:ident $(, $len:ident)?: $kind:ident $($type:ident)?),*]
        [$($out:ident $(, $size:ident)?: $form:ident $($made:ident)?),*] $work:block
    ) => {
        $(#[doc = $doc])+
        #[must_use]
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(
            $($in: $crate::ffi::export::taken!(type $kind $($type)?),
              $($len: $crate::ffi::export::taken!(length $kind),)?)*
            $($out: $crate::ffi::export::given!(type $form $($made)?),
              $($size: $crate::ffi::export::given!(length $form),)?)*
            err: *mut $crate::ffi::status::medseal_error,
        ) -> $crate::ffi::status::medseal_status {
            // SAFETY: the caller must follow the header's rules for pointers.
            $crate::ffi::abi::guard(unsafe { $crate::ffi::abi::Caller::new(err) }, |$c| {
                $($crate::ffi::export::taken!(first $kind $c $in $($len)?);)*
                $(let $out = $crate::ffi::export::given!(place $form $c $out $($size)?);)*
                $(let $out = $out?;)*
                $(
                    #[allow(unused_mut, reason = "only the work knows which parameters it changes")]
                    let mut $in = $crate::ffi::export::taken!(read $kind $c $in $($len)?);
                )*
                $($crate::ffi::export::taken!(last $kind $c $in);)*
                $crate::ffi::abi::Output::put(($($out),*), $work)
            })
        }
    };
}
pub(super) use export;

/// A parameter: its type in C, what is taken before anything can fail, its value, and what is taken
/// when nothing else can be refused.
#[rustfmt::skip]
macro_rules! taken {
    (type object $type:ident) => { *const $type };
    (type object_or_null $type:ident) => { *const $type };
    (type peek $type:ident) => { *const $type };
    (type peek_or_null $type:ident) => { *const $type };
    (type value $type:ident) => { *const $type };
    (type value_or_null $type:ident) => { *const $type };
    (type values $type:ident) => { *const $type };
    (type sized $type:ident) => { *const $type };
    (type callbacks $type:ident) => { *const $type };
    (type state $type:ident) => { *mut $type };
    (type state_or_null $type:ident) => { *mut $type };
    (type once $type:ident) => { *mut $type };
    (type place $type:ident) => { *mut *mut $type };
    (type objects $type:ident) => { *const *const $type };
    (type copies $type:ident) => { *const *const $type };
    (type buffer) => { *mut u8 };
    (type bytes) => { *const u8 };
    (type text) => { *const std::ffi::c_char };
    (type name) => { *const std::ffi::c_char };
    (type reader) => { *const $crate::ffi::callbacks::medseal_reader };
    (type writer) => { *const $crate::ffi::callbacks::medseal_writer };
    (type progress) => { *const $crate::ffi::callbacks::medseal_progress };
    (type consortium) => { *const $crate::ffi::share::consortium::medseal_consortium };
    (type publication) => { *const $crate::ffi::share::publish::medseal_publication };
    (type $number:ident) => { $number };

    (length buffer) => { *mut usize };
    (length $items:ident) => { usize };

    (first reader $c:ident $in:ident) => { let $in = $crate::ffi::callbacks::Source::new($c, $in); };
    (first writer $c:ident $in:ident) => {
        let $in = $crate::ffi::callbacks::Target::new(
            $c, stringify!($in), concat!(stringify!($in), ".write"), $in,
        );
    };
    (first progress $c:ident $in:ident) => { let $in = $crate::ffi::callbacks::Listener::new($c, $in); };
    (first callbacks $c:ident $in:ident) => {
        let $in = $crate::ffi::callbacks::Callbacks::new($c, stringify!($in), $in);
    };
    (first buffer $c:ident $in:ident $len:ident) => { let $in = $c.buffer(stringify!($in), $in, $len); };
    (first place $c:ident $in:ident) => { let $in = $crate::ffi::abi::if_any($in, || $c.out(stringify!($in), $in)); };
    (first $kind:ident $c:ident $in:ident $($len:ident)?) => {};

    (read object $c:ident $in:ident) => { $c.get(stringify!($in), $in)? };
    (read object_or_null $c:ident $in:ident) => { $crate::ffi::abi::if_any($in, || $c.get(stringify!($in), $in))? };
    (read peek $c:ident $in:ident) => { $c.get_mut(stringify!($in), $in)? };
    (read state $c:ident $in:ident) => { $c.get_mut(stringify!($in), $in)? };
    (read peek_or_null $c:ident $in:ident) => { $crate::ffi::abi::if_any($in, || $c.get_mut(stringify!($in), $in))? };
    (read state_or_null $c:ident $in:ident) => { $crate::ffi::abi::if_any($in, || $c.get_mut(stringify!($in), $in))? };
    (read value $c:ident $in:ident) => { $c.value(stringify!($in), $in)? };
    (read value_or_null $c:ident $in:ident) => { $crate::ffi::abi::if_any($in, || $c.value(stringify!($in), $in))? };
    (read sized $c:ident $in:ident) => { $c.sized(stringify!($in), $in)? };
    (read values $c:ident $in:ident $len:ident) => { $c.values(stringify!($in), $in, $len)? };
    (read objects $c:ident $in:ident $len:ident) => { $c.get_all(stringify!($in), $in, $len)? };
    (read copies $c:ident $in:ident $len:ident) => {
        $c.get_all(stringify!($in), $in, $len)?.into_iter().cloned().collect::<Vec<_>>()
    };
    (read bytes $c:ident $in:ident $len:ident) => { $c.bytes(stringify!($in), $in, $len)? };
    (read text $c:ident $in:ident $len:ident) => { $c.text(stringify!($in), $in, $len)? };
    (read name $c:ident $in:ident $len:ident) => {
        $crate::identity::Name::new($c.text(stringify!($in), $in, $len)?)?
    };
    (read reader $c:ident $in:ident) => { $in? };
    (read writer $c:ident $in:ident) => { $in? };
    (read progress $c:ident $in:ident) => { $in? };
    (read callbacks $c:ident $in:ident) => { $in? };
    (read buffer $c:ident $in:ident $len:ident) => { $in? };
    (read place $c:ident $in:ident) => { $in? };
    (read publication $c:ident $in:ident) => { $crate::ffi::share::publish::publication($c, $in)? };
    (read consortium $c:ident $in:ident) => { $crate::ffi::share::consortium::consortium($c, $in)? };
    (read $number:ident $c:ident $in:ident) => { $in };

    (last once $c:ident $in:ident) => { let $in = $c.spend(stringify!($in), $in)?; };
    (last $kind:ident $c:ident $in:ident) => {};
}
pub(super) use taken;

/// An output: its type in C, that of its length, and the place that is filled.
#[rustfmt::skip]
macro_rules! given {
    (type object $type:ident) => { *mut *mut $type };
    (type value $type:ident) => { *mut $type };
    (type value_or_null $type:ident) => { *mut $type };
    (type numbers $type:ident) => { *mut $type };
    (type bool) => { *mut bool };
    (type bool_or_null) => { *mut bool };
    (type secret) => { *mut $crate::ffi::values::medseal_secret };
    (type bytes) => { *mut u8 };
    (type text) => { *mut std::ffi::c_char };

    (length numbers) => { usize };
    (length $buffer:ident) => { *mut usize };

    (place object $c:ident $out:ident) => { $c.out(stringify!($out), $out) };
    (place value $c:ident $out:ident) => { $c.out_value(stringify!($out), $out) };
    (place value_or_null $c:ident $out:ident) => { $c.out_value_if_any(stringify!($out), $out) };
    (place numbers $c:ident $out:ident $len:ident) => { $c.out_values(stringify!($out), $out, $len) };
    (place bool $c:ident $out:ident) => { $c.out_bool(stringify!($out), $out) };
    (place bool_or_null $c:ident $out:ident) => { $c.out_bool_if_any(stringify!($out), $out) };
    (place secret $c:ident $out:ident) => { $c.out_secret(stringify!($out), $out.cast()) };
    (place bytes $c:ident $out:ident $len:ident) => { $c.buffer(stringify!($out), $out, $len) };
    (place text $c:ident $out:ident $len:ident) => { $c.text_buffer(stringify!($out), $out, $len) };
}
pub(super) use given;
