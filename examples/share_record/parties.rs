//! All participants, with their keys.

use medseal::identity::{
    Hospital, MainNode, Name, RegistrationRequest, Role, SuperNode, VerifiedCertificate, VerifiedRegistry,
};
use medseal::policy::Attributes;
use medseal::rand_core::OsRng;
use medseal::share::{Authority, MemberKeys, PublicParameters};

use crate::arguments::Request;
use crate::clock::DAY_MS;
use crate::report::{At, Failure, Report, bytes};

pub(crate) struct Parties {
    pub(crate) authority: Authority,
    pub(crate) parameters: PublicParameters,
    pub(crate) super_node: SuperNode,
    pub(crate) registry: VerifiedRegistry,
    pub(crate) certificate: VerifiedCertificate,
    pub(crate) main_node: MainNode,
    pub(crate) hospital: Hospital,
    /// The hospital's keys, with which it publishes.
    pub(crate) uploader: MemberKeys,
    pub(crate) doctor: MemberKeys,
    pub(crate) visitor: MemberKeys,
}

impl Parties {
    /// Makes master keys, a certified main node, a registered hospital, and keys for attributes.
    pub(crate) fn set_up(request: &Request, report: &mut Report) -> Result<Self, Failure> {
        let rng = &mut OsRng;
        let (authority, parameters) = report.step("authority", "make master keys", || {
            let authority = Authority::setup(rng).at("making master keys")?;
            let parameters = authority.public_parameters();
            let size = parameters.to_bytes().len();
            Ok(((authority, parameters), format!("public parameters {}", bytes(size))))
        })?;
        let (mut super_node, main_node, certificate) =
            report.step("super node", "certify the main node", || {
                let super_node = SuperNode::generate(rng).at("making the super node")?;
                let main_node = MainNode::generate(
                    name("main-node.example")?,
                    Role::MainNode,
                    &super_node.public_key(),
                    rng,
                )
                .at("making the main node")?;
                let validity = request.now_ms..=request.now_ms + 365 * DAY_MS;
                let certificate = super_node
                    .certify(&main_node.certificate_request(), validity, rng)
                    .and_then(|certificate| certificate.verify(&super_node.public_key(), Role::MainNode))
                    .at("certifying the main node")?;
                Ok(((super_node, main_node, certificate), "certificate valid for a year".to_owned()))
            })?;
        let hospital = report.step("super node, hospital", "register the hospital", || {
            let request = RegistrationRequest::new(name("clinic.example")?, b"data sharing agreement", rng);
            let request = request.at("registering the hospital")?;
            let key = super_node.register(&request).at("registering the hospital")?;
            let hospital =
                Hospital::accept(request, key, &super_node.public_key()).at("accepting the identity key")?;
            let size = bytes(hospital.to_bytes().len());
            Ok((hospital, format!("identity key checked; the hospital stores {size}")))
        })?;
        let registry = super_node.publish(request.now_ms).at("publishing the registry")?;
        let registry = registry.verify(&super_node.public_key(), 0).at("checking the registry")?;
        let (uploader, doctor, visitor) = report.step("authority", "issue keys", || {
            let uploader_is =
                Attributes::parse("kind=hospital, accredited").at("the hospital's attributes")?;
            let mut issue = |attributes| {
                let keys = authority.issue(attributes, rng)?;
                // Keys are sent as bytes, and the recipient verifies them.
                let keys = MemberKeys::from_bytes(&keys.to_bytes())?;
                keys.verify(&parameters).map(|()| keys)
            };
            let uploader = issue(&uploader_is).at("issuing the hospital's keys")?;
            let doctor = issue(&request.doctor_is).at("issuing the doctor's keys")?;
            let visitor = issue(&request.visitor_is).at("issuing the visitor's keys")?;
            let size = bytes(doctor.to_bytes().len());
            Ok(((uploader, doctor, visitor), format!("hospital, doctor ({size}), visitor")))
        })?;
        Ok(Self {
            authority,
            parameters,
            super_node,
            registry,
            certificate,
            main_node,
            hospital,
            uploader,
            doctor,
            visitor,
        })
    }
}

fn name(text: &str) -> Result<Name, Failure> {
    Name::new(text).at(text)
}
