//! Numbers as limbs of 52 bits: the order of `Fp`, and constants that the compiler derives from it.

/// A number as limbs of 52 bits.
pub(super) type Number = [u64; 8];

const LIMB_BITS: usize = 52;
pub(super) const LIMB: u64 = (1 << LIMB_BITS) - 1;

/// The field's order.
pub(super) const P64: [u64; 6] = [
    0xb9fe_ffff_ffff_aaab,
    0x1eab_fffe_b153_ffff,
    0x6730_d2a0_f6b0_f624,
    0x6477_4b84_f385_12bf,
    0x4b1b_a7b6_434b_acd7,
    0x1a01_11ea_397f_e69a,
];
pub(super) const P: Number = to_limbs(&P64);

/// `-1/p mod 2^52`, by Newton's iteration.
pub(super) const MINUS_INVERSE: u64 = {
    let mut inverse = 1u64;
    let mut correct_bits = 1;
    while correct_bits < 64 {
        inverse = inverse.wrapping_mul(2u64.wrapping_sub(P64[0].wrapping_mul(inverse)));
        correct_bits *= 2;
    }
    inverse.wrapping_neg() & LIMB
};

/// `(p (-1/p mod 2^52) + 1) / 2^52`
pub(super) const FOLD: Number = {
    let mut fold = [0; 8];
    let mut sum = 1u128;
    let mut i = 0;
    while i < 8 {
        sum += P[i] as u128 * MINUS_INVERSE as u128;
        if i > 0 {
            fold[i - 1] = sum as u64 & LIMB;
        }
        sum >>= LIMB_BITS;
        i += 1;
    }
    fold[7] = sum as u64;
    fold
};

pub(super) const fn to_limbs(x: &[u64; 6]) -> Number {
    let mut limbs = [0; 8];
    let mut i = 0;
    while i < 8 {
        let (word, shift) = (LIMB_BITS * i / 64, LIMB_BITS * i % 64);
        let mut limb = x[word] >> shift;
        if shift > 64 - LIMB_BITS && word < 5 {
            limb |= x[word + 1] << (64 - shift);
        }
        limbs[i] = limb & LIMB;
        i += 1;
    }
    limbs
}

pub(super) const fn to_words(x: &Number) -> [u64; 6] {
    let mut words = [0; 6];
    let mut i = 0;
    while i < 8 {
        let (word, shift) = (LIMB_BITS * i / 64, LIMB_BITS * i % 64);
        words[word] |= x[i] << shift;
        if shift > 64 - LIMB_BITS && word < 5 {
            words[word + 1] |= x[i] >> (64 - shift);
        }
        i += 1;
    }
    words
}

/// `n p`
pub(super) const fn multiple_of_p(n: u64) -> Number {
    let mut limbs = [0; 8];
    let mut carry = 0u128;
    let mut i = 0;
    while i < 8 {
        carry += P[i] as u128 * n as u128;
        limbs[i] = carry as u64 & LIMB;
        carry >>= LIMB_BITS;
        i += 1;
    }
    assert!(carry == 0);
    limbs
}

/// `x - p` if that is not negative.
pub(super) const fn subtract_p(x: &[u64; 6]) -> Option<[u64; 6]> {
    let mut difference = [0; 6];
    let mut borrow = false;
    let mut i = 0;
    while i < 6 {
        let (d, first) = x[i].overflowing_sub(P64[i]);
        let (d, second) = d.overflowing_sub(borrow as u64);
        difference[i] = d;
        borrow = first || second;
        i += 1;
    }
    if borrow { None } else { Some(difference) }
}

/// `2^n mod p`
pub(super) const fn power_of_two(n: usize) -> Number {
    let mut x = [1, 0, 0, 0, 0, 0];
    let mut i = 0;
    while i < n {
        let mut carry = 0;
        let mut word = 0;
        while word < 6 {
            (x[word], carry) = (x[word] << 1 | carry, x[word] >> 63);
            word += 1;
        }
        if let Some(reduced) = subtract_p(&x) {
            x = reduced;
        }
        i += 1;
    }
    to_limbs(&x)
}

/// One, in Montgomery form.
pub(super) const ONE: Number = power_of_two(416);
/// The factor from blst's Montgomery form, in which `R = 2^384`, to this one: `2^448 / 2^416 =
/// 2^416 / 2^384`.
pub(super) const FROM_BLST: Number = power_of_two(448);
/// The factor back.
pub(super) const TO_BLST: Number = power_of_two(384);
/// One in blst's form.
#[cfg(test)]
pub(super) const ONE_IN_BLST: [u64; 6] = to_words(&TO_BLST);
/// The factor from an integer to Montgomery form.
pub(super) const FROM_INTEGER: Number = power_of_two(832);
/// The factor back.
pub(super) const TO_INTEGER: Number = [1, 0, 0, 0, 0, 0, 0, 0];

/// `(p + n) / 2^bits`, an integer.
pub(super) const fn shifted_p(n: i64, bits: u32) -> [u64; 6] {
    let mut shifted = [0; 6];
    let mut i = 0;
    while i < 6 {
        let word = if i == 0 { P64[0].wrapping_add_signed(n) } else { P64[i] };
        let above = if i < 5 { P64[i + 1] } else { 0 };
        shifted[i] = word >> bits | above << (64 - bits);
        i += 1;
    }
    shifted
}

/// `(p - 1) / 2`, an integer.
pub(super) const MINUS_ONE_HALF: [u64; 6] = shifted_p(-1, 1);
/// 1/2, in Montgomery form.
pub(super) const HALF: Number = power_of_two(415);
