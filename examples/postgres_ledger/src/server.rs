//! A temporary server: the system's PostgreSQL on a data directory that is removed
//! when the program ends.

use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use medseal::rand_core::{OsRng, RngCore};
use postgres::{Config, NoTls};
use tempfile::TempDir;

const HOST: &str = "127.0.0.1";
const SUPERUSER: &str = "medseal";

/// A server on the loopback interface, with its own password. Dropping it stops the server and
/// removes its directory.
#[derive(Debug)]
pub struct Server {
    binaries: PathBuf,
    directory: TempDir,
    user: Option<(u32, u32)>,
    port: u16,
    password: String,
    running: Mutex<Option<Child>>,
}

impl Server {
    /// Makes a data directory, and starts a server on it.
    ///
    /// # Errors
    /// If PostgreSQL is not installed, or does not start.
    pub fn start() -> io::Result<Self> {
        let directory = TempDir::with_prefix("postgres_ledger-")?;
        let mut random = [0; 16];
        OsRng.fill_bytes(&mut random);
        let password = random.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let password_file = directory.path().join("password");
        fs::File::create_new(&password_file)?.write_all(password.as_bytes())?;
        fs::set_permissions(&password_file, Permissions::from_mode(0o600))?;
        // PostgreSQL does not run as root.
        let user = other_user(directory.path())?;
        if let Some((user, group)) = user {
            chown(directory.path(), Some(user), Some(group))?;
            chown(&password_file, Some(user), Some(group))?;
        }
        let binaries = binaries()?;
        let server =
            Self { binaries, directory, user, port: free_port()?, password, running: Mutex::default() };
        let made = server
            .command("initdb")
            .args(["--auth=scram-sha-256", "--encoding=UTF8", "--no-locale", "--no-sync"])
            .args(["--data-checksums", "--username", SUPERUSER, "--pwfile"])
            .args([&password_file, Path::new("-D"), &server.data()])
            .output()?;
        if !made.status.success() {
            return Err(io::Error::other(String::from_utf8_lossy(&made.stderr).into_owned()));
        }
        fs::remove_file(password_file)?;
        server.restart()?;
        Ok(server)
    }

    /// Returns the connection URL, which contains the password.
    #[must_use]
    pub fn url(&self) -> String {
        format!("postgresql://{SUPERUSER}:{}@{HOST}:{}/postgres", self.password, self.port)
    }

    /// Returns the connection settings.
    #[must_use]
    pub fn config(&self) -> Config {
        let mut config = Config::new();
        config.host(HOST).port(self.port).user(SUPERUSER).password(&self.password).dbname("postgres");
        config
    }

    /// Kills the whole server at once with `kill -9`: the contents of its memory are lost.
    ///
    /// # Errors
    /// If it cannot be killed.
    pub fn kill(&self) -> io::Result<()> {
        if let Some(mut running) = self.running().take() {
            let id = running.id();
            let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children"))?;
            Command::new("sh").args(["-c", &format!("kill -9 {id} {children}")]).status()?;
            running.wait()?;
        }
        Ok(())
    }

    /// Starts a server on the same data again, and waits until it has recovered and answers.
    ///
    /// # Errors
    /// If it does not answer within half a minute.
    pub fn restart(&self) -> io::Result<()> {
        let end = Instant::now() + Duration::from_secs(30);
        loop {
            // Processes that the killed server forked may live for some moments. Until they end, no
            // other server starts on the data.
            let mut running = self.running();
            let is_gone = running.as_mut().is_none_or(|child| !matches!(child.try_wait(), Ok(None)));
            if is_gone {
                let log = fs::File::options().create(true).append(true).open(self.log())?;
                let mut command = self.command("postgres");
                command.arg("-D").arg(self.data()).args(["-h", HOST, "-p", &self.port.to_string()]);
                command.args(["-c", "unix_socket_directories=", "-c", "max_connections=50"]);
                *running = Some(command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn()?);
            }
            drop(running);
            if self.config().connect(NoTls).is_ok() {
                return Ok(());
            }
            if Instant::now() > end {
                return Err(io::Error::other(fs::read_to_string(self.log())?));
            }
            thread::sleep(Duration::from_millis(100));
        }
    }

    fn running(&self) -> MutexGuard<'_, Option<Child>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    fn log(&self) -> PathBuf {
        self.directory.path().join("log")
    }

    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(self.binaries.join(name));
        command.current_dir(self.directory.path());
        if let Some((user, group)) = self.user {
            command.uid(user).gid(group);
        }
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Its data are removed, so nothing must be written first. This waits for
        // all forked processes.
        let _ = self
            .command("pg_ctl")
            .args(["stop", "--silent", "-m", "immediate", "-D"])
            .arg(self.data())
            .status();
        if let Some(mut running) = self.running().take() {
            let _ = (running.kill(), running.wait());
        }
    }
}

/// Returns the user that runs the server if this program runs as root: the one that Debian creates.
fn other_user(mine: &Path) -> io::Result<Option<(u32, u32)>> {
    if fs::metadata(mine)?.uid() != 0 {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd")?;
    let postgres = users.lines().find_map(|line| line.strip_prefix("postgres:")).map(|line| line.split(':'));
    let mut numbers = postgres.into_iter().flatten().skip(1).take(2).flat_map(str::parse);
    match (numbers.next(), numbers.next()) {
        (Some(user), Some(group)) => Ok(Some((user, group))),
        _ => Err(io::Error::other("there is no user postgres, and PostgreSQL does not run as root")),
    }
}

/// Returns Debian's directory of the newest installed server's programs.
fn binaries() -> io::Result<PathBuf> {
    let missing = |_| io::Error::other("PostgreSQL is not installed: apt-get install postgresql");
    let versions = fs::read_dir("/usr/lib/postgresql").map_err(missing)?.flatten();
    let version = |path: &PathBuf| path.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok());
    let newest = versions.map(|entry| entry.path()).filter(|path| path.join("bin/initdb").exists());
    newest
        .max_by_key(version)
        .map(|path| path.join("bin"))
        .ok_or(())
        .map_err(|()| missing(io::ErrorKind::NotFound.into()))
}

/// Returns a port that nothing listens on now.
fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((HOST, 0))?.local_addr()?.port())
}
