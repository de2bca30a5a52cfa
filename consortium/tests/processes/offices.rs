//! Four offices in four folders, of which three are needed; and a single office. Each command is a
//! process; messages and answers are files.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use medseal::authority::PublicParameters;
use medseal::share::MemberKeys;
use tempfile::TempDir;

use super::world::{BINARY, MEMBERS, World, one_line, patiently, run};

/// Each at a hospital.
const OFFICES: [&str; 4] = MEMBERS;

/// The offices that answer: three of four, or the only one.
pub(crate) enum Offices {
    Several,
    One,
}

impl Offices {
    /// A single office makes all keys; or four generate them, and St. Mary founds the consortium.
    pub(crate) fn found(several: bool, world: &Path) -> Result<Self, String> {
        if !several {
            run(world, &["authority", "new", "office"])?;
            ["super-node", "parameters", "keyword-key.secret"].iter().for_each(|file| {
                fs::rename(world.join("office").join(file), world.join(file)).unwrap();
            });
            return Ok(Self::One);
        }
        OFFICES.iter().try_for_each(|name| join(world, name))?;
        let mut started: Vec<_> = OFFICES.iter().map(|name| Generating::start(world, name, &[])).collect();
        started.iter_mut().for_each(Generating::certified);
        run(world, &["keys", "keyword", "--offices", "st-mary/office/generation", "--into", "."])?;
        fs::copy(world.join("st-mary/office/super-node"), world.join("super-node")).unwrap();
        Ok(Self::Several)
    }

    /// Obtains the answers of three offices and combines them, or the answer of the only one.
    pub(crate) fn answer(&self, world: &Path, asked: &str, out: &str) -> Result<(), String> {
        let Self::Several = self else {
            return run(world, &["authority", "answer", "office", asked, "--out", out]).map(drop);
        };
        let answers = answers(world, asked, &OFFICES[..3])?;
        combine(world, asked, &answers, out).map(drop)
    }

    /// Asks, and obtains the result.
    pub(crate) fn get(&self, world: &Path, what: &[&str], out: &str) -> Result<(), String> {
        let asked = format!("{out}.asked");
        run(world, &[&["ask"], what, &["--out", &asked]].concat())?;
        self.answer(world, &asked, out)
    }
}

fn join(world: &Path, name: &str) -> Result<(), String> {
    let said = run(world, &["authority", "join", &format!("{name}/office"), "--name", name])?;
    assert!(said.contains("fingerprint"), "{said}");
    Ok(())
}

/// The answers of these offices, each in a separate file.
fn answers(world: &Path, asked: &str, offices: &[&str]) -> Result<Vec<String>, String> {
    offices
        .iter()
        .map(|name| {
            let (folder, answer) = (format!("{name}/office"), format!("{asked}.{name}"));
            run(world, &["authority", "answer", &folder, asked, "--out", &answer]).map(|_| answer)
        })
        .collect()
}

fn combine(world: &Path, asked: &str, answers: &[String], out: &str) -> Result<String, String> {
    let answers = answers.iter().map(String::as_str).collect::<Vec<_>>();
    let with =
        ["--offices", "st-mary/office/generation", "--keyword-key", "keyword-key.secret", "--out", out];
    run(world, &[&["combine", asked], &answers[..], &with].concat())
}

/// A running `authority generate`.
struct Generating {
    child: Child,
    printed: BufReader<ChildStdout>,
}

impl Generating {
    /// Starts it, by default with a shared folder for messages.
    fn start(world: &Path, name: &str, instead: &[&str]) -> Self {
        let cards = OFFICES.map(|name| format!("{name}/office/card"));
        let usual = ["--needed", "3", "--purpose", "hospitals, first try", "--mail", "mail"];
        let own = format!("{name}/office");
        let mut command = Command::new(BINARY);
        command.current_dir(world).args(["authority", "generate", &own]);
        if instead.is_empty() {
            command.args(cards).args(usual);
        } else {
            command.args(instead);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let printed = BufReader::new(child.stdout.take().unwrap());
        Self { child, printed }
    }

    /// Reads its output up to a line that contains a text.
    fn until(&mut self, part: &str) -> String {
        let mut text = String::new();
        loop {
            let before = text.len();
            self.printed.read_line(&mut text).unwrap();
            let line = &text[before..];
            assert!(!line.is_empty(), "{part:?} is not in {text}; it said: {}", self.said());
            if line.contains(part) {
                return line.to_owned();
            }
        }
    }

    fn certified(&mut self) {
        self.until("is certified by all offices");
        assert!(self.child.wait().unwrap().success());
    }

    fn said(&mut self) -> String {
        let mut said = String::new();
        std::io::Read::read_to_string(&mut self.child.stderr.take().unwrap(), &mut said).unwrap();
        said
    }

    fn stop(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn folder() -> TempDir {
    TempDir::with_prefix("medseal-offices-").unwrap()
}

fn cards() -> Vec<String> {
    OFFICES.iter().map(|name| format!("{name}/office/card")).collect()
}

fn arguments<'a>(cards: &'a [String], purpose: &'a str, mail: &'a str) -> Vec<&'a str> {
    let cards = cards.iter().map(String::as_str);
    cards.chain(["--needed", "3", "--purpose", purpose, "--mail", mail]).collect()
}

/// Copies a message into a folder atomically.
fn carry(message: &[u8], to: &Path) {
    let temporary = to.with_extension("carried");
    fs::write(&temporary, message).unwrap();
    fs::rename(temporary, to).unwrap();
}

/// A new consortium of four offices.
fn founded() -> TempDir {
    let world = folder();
    Offices::found(true, world.path()).unwrap();
    world
}

fn verified(world: &Path, keys: &str) -> bool {
    let parameters = PublicParameters::from_bytes(&fs::read(world.join("parameters")).unwrap()).unwrap();
    let keys = MemberKeys::from_bytes(&fs::read(world.join(keys)).unwrap()).unwrap();
    keys.verify(&parameters).is_ok()
}

#[test]
fn names_an_office_that_is_missing() {
    let world = folder();
    let world = world.path();
    OFFICES.iter().try_for_each(|name| join(world, name)).unwrap();
    let mut others: Vec<_> =
        ["st-mary", "st-paul", "st-anna"].map(|name| Generating::start(world, name, &[])).into();
    for office in &mut others {
        let waiting = office.until("waiting");
        assert!(waiting.contains("authority 2 (st-luke) sent nothing"), "{waiting}");
    }
    // They break off. An office that continues the same try is told to start again.
    others.into_iter().for_each(Generating::stop);
    let mut again = Generating::start(world, "st-mary", &[]);
    assert!(!again.child.wait().unwrap().success());
    let said = again.said();
    assert!(one_line(&said).contains("broken off: all offices start again"), "{said}");

    let cards = cards();
    let second = arguments(&cards, "hospitals, second try", "mail-2");
    let mut all: Vec<_> = OFFICES.iter().map(|name| Generating::start(world, name, &second)).collect();
    all.iter_mut().for_each(Generating::certified);

    // Running it again changes nothing.
    let mut done = Generating::start(world, "st-mary", &second);
    done.certified();
    // If the certificate did not reach the disk, the confirmed share restores it. A tampered
    // confirmation is refused with its office's name, until the right one arrives.
    fs::remove_file(world.join("st-luke/office/generation")).unwrap();
    let confirmation = world.join("mail-2/4-confirm-from-3-to-all.message");
    let right = fs::read(&confirmation).unwrap();
    let mut wrong = right.clone();
    wrong[60] ^= 1;
    carry(&wrong, &confirmation);
    let mut again = Generating::start(world, "st-luke", &second);
    let refused = again.until("refused");
    assert!(
        refused.contains("authority 3 (st-mary) sent a message without its valid signature"),
        "{refused}"
    );
    carry(&right, &confirmation);
    again.certified();
    let [a, b] =
        ["st-mary", "st-luke"].map(|name| fs::read(world.join(name).join("office/generation")).unwrap());
    assert!(a == b);
    // With another purpose it refuses, because keys exist.
    let other = arguments(&cards, "another", "mail-3");
    let mut refused = Generating::start(world, "st-mary", &other);
    assert!(!refused.child.wait().unwrap().success());
    let said = refused.said();
    assert!(one_line(&said).contains("has keys already"), "{said}");
}

#[test]
fn refuses_a_tampered_message_by_name() {
    let world = folder();
    let world = world.path();
    OFFICES.iter().try_for_each(|name| join(world, name)).unwrap();
    let cards = cards();
    // Each office has a folder for messages, and a person carries them.
    let mut all: Vec<_> = OFFICES
        .iter()
        .map(|name| {
            let mail = format!("mail-{name}");
            Generating::start(world, name, &arguments(&cards, "hospitals", &mail))
        })
        .collect();
    let commit = world.join("mail-st-luke/0-commit-from-2-to-all.message");
    let right = patiently("a message of st-luke", || fs::read(&commit).ok());
    let carried = world.join("mail-st-mary").join(commit.file_name().unwrap());
    patiently("a folder of st-mary", || carried.parent().unwrap().exists().then_some(()));
    let mut wrong = right.clone();
    wrong[60] ^= 1;
    carry(&wrong, &carried);
    let refused = all[0].until("refused");
    assert!(
        refused.contains("authority 2 (st-luke) sent a message without its valid signature"),
        "{refused}"
    );
    carry(&right[..40], &carried);
    let refused = all[0].until("refused");
    assert!(refused.contains("0-commit-from-2-to-all.message"), "{refused}");
    fs::remove_file(&carried).unwrap();
    // An office with another threshold is named too.
    let mut other = arguments(&cards, "hospitals", "mail-other");
    let at = other.iter().position(|word| *word == "3").unwrap();
    other[at] = "4";
    all.remove(3).stop();
    fs::remove_dir_all(world.join("mail-st-luke")).unwrap();
    let stray = Generating::start(world, "st-luke", &other);
    let strayed = world.join("mail-other/0-commit-from-2-to-all.message");
    let strayed = patiently("a message of st-luke", || fs::read(&strayed).ok());
    carry(&strayed, &carried);
    let refused = all[0].until("refused");
    assert!(refused.contains("(st-luke) sent a message of a different session, threshold"), "{refused}");
    stray.stop();
    fs::remove_file(&carried).unwrap();
    all.push(Generating::start(world, "st-luke", &arguments(&cards, "hospitals", "mail-st-luke")));
    let folders = OFFICES.map(|name| world.join(format!("mail-{name}")));
    let mut finished = [false; 4];
    patiently("the certificate", || {
        for from in &folders {
            for file in fs::read_dir(from).ok()? {
                let file = file.unwrap().path();
                let whole = file.extension().is_some_and(|end| end == "message");
                folders.iter().filter(|to| whole && *to != from).for_each(|to| {
                    let to = to.join(file.file_name().unwrap());
                    if !to.exists() && to.parent().is_some_and(Path::exists) {
                        carry(&fs::read(&file).unwrap(), &to);
                    }
                });
            }
        }
        for (finished, office) in finished.iter_mut().zip(&mut all) {
            *finished |= office.child.try_wait().unwrap().is_some_and(|status| status.success());
        }
        finished.iter().all(|finished| *finished).then_some(())
    });
    assert_eq!(
        fs::read(world.join("st-mary/office/super-node")).unwrap(),
        fs::read(world.join("st-luke/office/super-node")).unwrap()
    );
}

#[test]
fn three_answers_make_keys() {
    let world = founded();
    let world = world.path();
    let ask = ["ask", "keys", "--name", "Dr. Ada", "--attributes", "role=doctor", "--out", "ada"];
    let printed = run(world, &ask).unwrap();
    // An office shows the request, with the fingerprint that the requester saw.
    let said = run(world, &["authority", "answer", "st-mary/office", "ada"]).unwrap();
    let fingerprint =
        printed.split_whitespace().find(|word| word.len() == 33 && word.ends_with(':')).unwrap();
    assert!(said.contains(fingerprint) && said.contains("role=doctor, for Dr. Ada"), "{said}");
    assert!(said.contains("no answer is written"), "{said}");

    let mut three = answers(world, "ada", &OFFICES[..3]).unwrap();
    let said = combine(world, "ada", &three[..2], "few").unwrap_err();
    assert!(
        one_line(&said)
            .contains("3 authorities are needed, 2 answered correctly; no answer from st-anna, st-luke"),
        "{said}"
    );
    // A tampered answer is named, and a fourth one replaces it.
    let mut wrong = fs::read(world.join(&three[1])).unwrap();
    *wrong.last_mut().unwrap() ^= 1;
    fs::write(world.join("wrong"), &wrong).unwrap();
    let right = std::mem::replace(&mut three[1], "wrong".to_owned());
    let said = combine(world, "ada", &three, "few").unwrap_err();
    assert!(said.contains("wrong: ") || said.contains("authority 4 (st-paul)"), "{said}");
    three.extend(answers(world, "ada", &OFFICES[3..]).unwrap());
    combine(world, "ada", &three, "ada.keys").unwrap();
    assert!(verified(world, "ada.keys"));
    // Nothing is overwritten.
    let said = combine(world, "ada", &three, "ada.keys").unwrap_err();
    assert!(one_line(&said).contains("not overwritten"), "{said}");
    // The answers to another request do not fit.
    run(world, &["ask", "keys", "--name", "Eve", "--attributes", "role=doctor", "--out", "eve"]).unwrap();
    let said = combine(world, "eve", &three, "eve.keys").unwrap_err();
    assert!(one_line(&said).contains("authority 3 (st-mary) answered a different request"), "{said}");
    three[1] = right;
    // A request with another one's secret is not described as what is made.
    fs::copy(world.join("eve"), world.join("mixed")).unwrap();
    fs::copy(world.join("ada.secret"), world.join("mixed.secret")).unwrap();
    let said = combine(world, "mixed", &three[..3], "mixed.keys").unwrap_err();
    assert!(one_line(&said).contains("mixed.secret was made with another request than mixed"), "{said}");
    combine(world, "ada", &three[..3], "ada-2.keys").unwrap();
    assert!(verified(world, "ada-2.keys"));
}

#[test]
fn one_registry_has_each_number() {
    let world = founded();
    let world = world.path();
    let register = |name: &str| {
        run(world, &["keys", "hospital", "--name", name, "--into", name]).unwrap();
        format!("{name}/registration-request")
    };
    let [mary, paul] = ["hospital-mary", "hospital-paul"].map(register);
    run(world, &["ask", "registry", "--register", &mary, "--out", "first"]).unwrap();
    run(world, &["ask", "registry", "--register", &paul, "--out", "other"]).unwrap();
    let three = answers(world, "first", &OFFICES[..3]).unwrap();
    // Three have signed, so there cannot be a second registry with number 1.
    let said = answers(world, "other", &OFFICES[..1]).unwrap_err();
    assert!(one_line(&said).contains("ask again with --number 2"), "{said}");
    combine(world, "first", &three, "registry-1").unwrap();

    // An unregistered hospital gets no identity key; the registered one does.
    let identity = |request: &str, registry: &str, out: &str| {
        let asked = format!("{out}.asked");
        run(world, &["ask", "identity", "--registration", request, "--registry", registry, "--out", &asked])?;
        answers(world, &asked, &OFFICES[1..]).and_then(|answers| combine(world, &asked, &answers, out))
    };
    let said = identity(&paul, "registry-1", "paul").unwrap_err();
    assert!(one_line(&said).contains("hospital-paul in the registry"), "{said}");
    identity(&mary, "registry-1", "mary").unwrap();
    let accept = ["keys", "accept", "--super-node", "super-node", "--answer", "mary", "--into"];
    run(world, &[&accept[..], &["hospital-mary"]].concat()).unwrap();

    // The next registry follows, and the first is no longer accepted.
    let next = ["ask", "registry", "--follows", "registry-1", "--super-node", "super-node"];
    run(world, &[&next[..], &["--revoke-hospital", "hospital-mary", "--out", "next"]].concat()).unwrap();
    let three = answers(world, "next", &OFFICES[..3]).unwrap();
    combine(world, "next", &three, "registry-2").unwrap();
    let newest = ["ask", "registry", "--follows", "registry-2", "--super-node", "super-node"];
    run(world, &[&newest[..], &["--register", &paul, "--out", "newest"]].concat()).unwrap();
    answers(world, "newest", &OFFICES[1..]).unwrap();
    let said = identity(&mary, "registry-1", "again").unwrap_err();
    assert!(one_line(&said).contains("ask again, with the newest"), "{said}");
}

#[test]
fn refuses_answers_to_different_requests() {
    let world = founded();
    let world = world.path();
    let node = ["keys", "node", "--name", "node", "--super-node", "super-node", "--into", "node"];
    run(world, &node).unwrap();
    // One office is shown a longer period than the others: its answer does not fit.
    let ask = ["ask", "certificate", "--request", "node/certificate-request", "--out", "certificate.asked"];
    run(world, &ask).unwrap();
    let mut three = answers(world, "certificate.asked", &OFFICES[..2]).unwrap();
    let asked = fs::read_to_string(world.join("certificate.asked")).unwrap();
    let longer = asked.replace("\"to_ms\": ", "\"to_ms\": 9");
    assert!(longer != asked);
    fs::write(world.join("longer"), longer).unwrap();
    three.extend(answers(world, "longer", &OFFICES[2..3]).unwrap());
    let said = combine(world, "certificate.asked", &three, "certificate").unwrap_err();
    assert!(one_line(&said).contains("authority 1 (st-anna) answered a different request"), "{said}");
    three[2] = answers(world, "certificate.asked", &OFFICES[2..3]).unwrap().remove(0);
    combine(world, "certificate.asked", &three, "certificate").unwrap();

    // A charter with keys that these offices do not hold.
    run(world, &["authority", "new", "other"]).unwrap();
    let charter = |parameters: &str, out: &str| {
        let terms = ["--ledger", "hospitals", "--claim", "hospital", "--validator", "node/validator"];
        let ask = [&["ask", "charter"], &terms[..], &["--parameters", parameters, "--out", out]].concat();
        run(world, &ask).and_then(|_| answers(world, out, &OFFICES[..3]))
    };
    let said = charter("other/parameters", "other.asked").unwrap_err();
    assert!(one_line(&said).contains("public parameters are not those of these offices"), "{said}");
    let three = charter("parameters", "charter.asked").unwrap();
    let made = combine(world, "charter.asked", &three, "charter-1").unwrap();
    assert!(made.contains("WARNING: with fewer than four validators"), "{made}");
}

#[test]
fn a_lost_office_is_replaced() {
    let world = founded();
    let world = world.path();
    // St. Luke's office is lost, and St. Rita replaces it.
    fs::remove_dir_all(world.join("st-luke")).unwrap();
    join(world, "st-rita").unwrap();
    let new = ["st-mary", "st-paul", "st-anna", "st-rita"];
    let cards = new.map(|name| format!("{name}/office/card"));
    fs::copy(world.join("st-mary/office/generation"), world.join("generation-1")).unwrap();
    let mut with = arguments(&cards, "St. Rita in the place of St. Luke", "mail-2");
    with.extend(["--after", "generation-1", "--dealer", "st-mary", "st-paul", "st-anna"]);
    let mut all: Vec<_> = new.iter().map(|name| Generating::start(world, name, &with)).collect();
    all.iter_mut().for_each(Generating::certified);
    let shares = fs::read_dir(world.join("st-mary/office/records")).unwrap();
    let shares: Vec<_> = shares.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(shares, ["share-2"]);
    // The new offices issue keys of the same consortium.
    let ask = ["ask", "keys", "--name", "Dr. Ada", "--attributes", "role=doctor", "--out", "ada"];
    run(world, &ask).unwrap();
    let three = answers(world, "ada", &["st-rita", "st-paul", "st-anna"]).unwrap();
    combine(world, "ada", &three, "ada.keys").unwrap();
    assert!(verified(world, "ada.keys"));
    assert_eq!(
        fs::read(world.join("super-node")).unwrap(),
        fs::read(world.join("st-rita/office/super-node")).unwrap()
    );
}

#[test]
fn one_office_answers_alone() {
    let world = folder();
    let copied =
        Command::new("cp").arg("-a").arg(World::template(false).join(".")).arg(world.path()).status();
    assert!(copied.unwrap().success());
    let world = world.path();
    // Its answers were keys, a registry with all hospitals, and a charter.
    assert!(verified(world, "st-mary/hospital/reader.secret"));
    let office = |what: &[&str], out: &str| Offices::One.get(world, what, out);
    let rita = "st-rita/registration-request";
    run(world, &["keys", "hospital", "--name", "st-rita", "--into", "st-rita"]).unwrap();
    let said = office(&["registry", "--register", rita], "other").unwrap_err();
    assert!(one_line(&said).contains("ask again with --follows office/registry"), "{said}");
    let next = ["registry", "--follows", "registry", "--super-node", "super-node"];
    let changes = ["--register", rita, "--revoke-hospital", "st-luke"];
    office(&[&next[..], &changes].concat(), "registry-2").unwrap();
    // It was interrupted before the registry reached the disk: its changes are published again.
    fs::copy(world.join("registry"), world.join("office/registry")).unwrap();
    let said = office(&[&next[..], &changes].concat(), "other-2").unwrap_err();
    assert!(one_line(&said).contains("an earlier answer was interrupted"), "{said}");
    fs::copy(world.join("office/registry"), world.join("registry-2")).unwrap();
    // A registered hospital gets its identity key on every request; a revoked one gets none.
    let identity = |name: &str, registry: &str, out: &str| {
        let request = format!("{name}/registration-request");
        office(&["identity", "--registration", &request, "--registry", registry], out)
    };
    let said = identity("st-luke/hospital", "registry-2", "luke").unwrap_err();
    assert!(one_line(&said).contains("st-luke"), "{said}");
    let said = identity("st-luke/hospital", "registry", "luke-2").unwrap_err();
    assert!(one_line(&said).contains("with the newest registry"), "{said}");
    identity("st-rita", "registry-2", "rita-1").unwrap();
    identity("st-rita", "registry-2", "rita-2").unwrap();
    assert!(fs::read(world.join("rita-1")).unwrap() == fs::read(world.join("rita-2")).unwrap());
    run(world, &["keys", "accept", "--super-node", "super-node", "--answer", "rita-1", "--into", "st-rita"])
        .unwrap();
}

#[test]
fn says_what_is_wrong_with_an_office() {
    let world = folder();
    let world = world.path();
    ["a", "b"].iter().try_for_each(|name| join(world, name)).unwrap();
    let generate = |needed: &str, cards: &[&str]| {
        let with = ["--needed", needed, "--purpose", "p", "--mail", "mail"];
        run(world, &[&["authority", "generate", "a/office"], cards, &with].concat()).unwrap_err()
    };
    fs::write(world.join("nonsense"), "nonsense").unwrap();
    run(world, &["ask", "keys", "--name", "x", "--attributes", "y", "--out", "asked"]).unwrap();
    let cards = ["a/office/card", "b/office/card"];
    for (said, part) in [
        (join(world, "a").unwrap_err(), "not overwritten"),
        (generate("1", &cards), "--needed 1 of 2 offices: at least two"),
        (generate("3", &cards), "--needed 3 of 2 offices"),
        (generate("2", &[cards[0], cards[0]]), "two cards have the same name"),
        (generate("2", &[cards[0], "nonsense"]), "nonsense"),
        (
            run(world, &["authority", "answer", "a/office", "asked", "--out", "x"]).unwrap_err(),
            "has no keys: run",
        ),
        (run(world, &["authority", "answer", "nowhere", "asked"]).unwrap_err(), "there is no folder nowhere"),
        (
            run(world, &["authority", "answer", "a/office", "nonsense"]).unwrap_err(),
            "nonsense is not from `ask`",
        ),
    ] {
        assert!(one_line(&said).contains(part), "{part:?} is not in: {said}");
    }
    assert!(!world.join("x").exists());
}

#[test]
fn a_later_charter_changes_the_claim() {
    let mut world = World::start();
    let mut entries = world.submit(0, 1);
    let next = ["charter", "--follows", "st-mary/hospital/state", "--super-node", "super-node"];
    let next = [&next[..], &["--claim", "kind=hospital"]].concat();
    // The first charter's validators could not know the ledger's id, so they sign again.
    let said = Offices::Several.get(world.path(), &next, "refused").unwrap_err();
    assert!(one_line(&said).contains("`keys validator`"), "{said}");
    let signed = MEMBERS.map(|name| format!("nodes/{name}.validator-2"));
    for (name, out) in MEMBERS.iter().zip(&signed) {
        let of = format!("{name}/node");
        let sign = ["keys", "validator", "--super-node", "super-node", "--first-charter", "charter-1"];
        run(world.path(), &[&sign[..], &["--of", &of, "--out", out]].concat()).unwrap();
    }
    let signed = signed.iter().map(String::as_str).collect::<Vec<_>>();
    let next = [&next[..], &["--validator"], &signed].concat();
    Offices::Several.get(world.path(), &next, "charter-2").unwrap();
    // The offices sign no second charter with that number.
    let other = next.iter().map(|word| if *word == "kind=hospital" { "x" } else { word }).collect::<Vec<_>>();
    let said = Offices::Several.get(world.path(), &other, "other").unwrap_err();
    assert!(one_line(&said).contains("ask again with --number 3"), "{said}");
    let said = world.run(0, &["charter", "../charter-2"]);
    assert!(said.contains("charter 2 is at height"), "{said}");
    entries.extend(patiently("an entry under the new charter", || world.try_submit(1, 1).ok()));
    world.check(2, &entries);
}
