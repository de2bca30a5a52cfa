//! A user whose attributes satisfy a policy signs anonymously. Anyone can verify the signature, and
//! does not learn who signed.
//!
//! ```text
//! cargo run --example sign_and_verify
//! ```

use medseal::abs::MasterKey;
use medseal::policy::{Attributes, Policy};
use medseal::rand_core::OsRng;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The authority issues keys for attributes that it has verified.
    let authority = MasterKey::generate(&mut OsRng)?;
    let public_key = authority.public_key();
    let surgeon =
        authority.issue(&Attributes::parse("role=doctor, ward=surgery, clearance=4")?, &mut OsRng)?;
    let nurse = authority.issue(&Attributes::parse("role=nurse, ward=surgery, clearance=2")?, &mut OsRng)?;
    surgeon.verify(&public_key)?;
    nurse.verify(&public_key)?;

    let policy = Policy::parse("ward=surgery and (role=doctor or clearance >= 3)")?;
    let (context, message) = (b"discharge letters", b"The patient may go home.");
    println!("policy    {policy}");

    let signature = surgeon.sign(&policy, context, message, &mut OsRng)?;
    println!("signature {} bytes", signature.to_bytes().len());
    public_key.verify(&policy, context, message, &signature)?;
    println!("verified  for the signed message, context and policy");

    let changed = public_key.verify(&policy, context, b"The patient must stay.", &signature);
    println!("changed   {}", changed.err().map_or("verifies!".into(), |e| e.to_string()));
    let refused = nurse.sign(&policy, context, message, &mut OsRng);
    println!("the nurse {}", refused.err().map_or("can sign!".into(), |e| e.to_string()));
    Ok(())
}
