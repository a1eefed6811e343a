//! Other processes on the same directory: the test binary started again, with what to do in its environment, and the
//! namespaces and users that stand for other containers, volumes and people.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

const ROLE: &str = "LARDER_TEST_ROLE";
const DIRECTORY: &str = "LARDER_TEST_DIRECTORY";

/// Whoever says nothing for as long as this is stuck.
const PATIENCE: Duration = Duration::from_secs(60);

/// What this process is to do, and where; `None` in the process that runs the test.
pub(crate) fn role() -> Option<(String, PathBuf)> {
    Some((std::env::var(ROLE).ok()?, std::env::var_os(DIRECTORY)?.into()))
}

/// This binary again, to play `role` in `directory`: the test `player` asks for its role and plays it.
pub(crate) fn again(player: &str, role: &str, directory: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", player, "--nocapture"]).env(ROLE, role).env(DIRECTORY, directory);
    command
}

/// Ends this process when the one that started it lets go of it, or is gone.
pub(crate) fn end_with_the_parent() {
    std::thread::spawn(|| {
        wait_for_the_parent();
        std::process::exit(0);
    });
}

/// Waits until the process that started this one says [`Child::go`], or is gone.
pub(crate) fn wait_for_the_parent() {
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

/// A process that was started, and is killed if the test fails.
pub(crate) struct Child {
    process: std::process::Child,
    lines: Receiver<String>,
    said: Vec<String>,
}

impl Child {
    pub(crate) fn start(mut command: Command) -> Self {
        let program = command.get_program().to_owned();
        let process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut process = process.unwrap_or_else(|error| panic!("could not start {}: {error}", program.display()));
        let output = BufReader::new(process.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { process, lines, said: Vec::new() }
    }

    pub(crate) fn again(player: &str, role: &str, directory: &Path) -> Self {
        Self::start(again(player, role, directory))
    }

    /// Waits until the child says something with `expected` in it; gives what follows that.
    pub(crate) fn expect(&mut self, expected: &str) -> String {
        while let Some(line) = self.next_line(expected) {
            if let Some((_, rest)) = line.split_once(expected) {
                return rest.trim().to_owned();
            }
        }
        panic!("the child ended before it said {expected:?}; it said {:?}", self.said)
    }

    /// Lets go a child that waits for it.
    pub(crate) fn go(&mut self) {
        drop(self.process.stdin.take());
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.process.try_wait().unwrap().is_some()
    }

    pub(crate) fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        // It may be another that was started, whose child outlives it for a moment.
        while self.next_line("that it is gone").is_some() {}
    }

    /// Lets the child go and waits until it has ended well; gives all it said.
    pub(crate) fn end(mut self) -> String {
        self.go();
        while self.next_line("that it ends").is_some() {}
        let status = self.process.wait().unwrap();
        let said = std::mem::take(&mut self.said).join("\n");
        assert!(status.success(), "the child ended with {status}; it said {said}");
        said
    }

    fn next_line(&mut self, awaited: &str) -> Option<String> {
        match self.lines.recv_timeout(PATIENCE) {
            Ok(line) => {
                self.said.push(line.clone());
                Some(line)
            }
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => panic!("waited for {awaited:?}, and the child is stuck: {:?}", self.said),
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // It is gone already where all went well.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// `command` in namespaces of its own, which `kinds` names, such as `--mount`; by `script`, which is given `directory`
/// as `$1`, something is done before. Without the rights of root, it is root in a namespace of users.
pub(crate) fn unshared(kinds: &[&str], script: &str, directory: &Path, command: &Command) -> Command {
    let options = options(kinds);
    let mut outer = Command::new("unshare");
    outer.args(&options).arg("--kill-child").args(["sh", "-ec"]);
    outer.arg(format!("{script}\nshift; exec \"$@\"")).arg("sh").arg(directory);
    outer.arg(command.get_program()).args(command.get_args());
    outer.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))).collect::<Vec<(&OsStr, &OsStr)>>());
    outer
}

fn options<'a>(kinds: &[&'a str]) -> Vec<&'a str> {
    let as_oneself = [&["--fork"], kinds].concat();
    let as_another = [&as_oneself[..], &["--user", "--map-root-user"]].concat();
    let mut reasons = Vec::new();
    for options in [as_oneself, as_another] {
        match Command::new("unshare").args(&options).arg("true").output() {
            Ok(output) if output.status.success() => return options,
            Ok(output) => reasons.push(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
            Err(error) => reasons.push(error.to_string()),
        }
    }
    panic!(
        "this test needs namespaces of its own ({}): {reasons:?}. Install util-linux for `unshare`, and either run as \
         root with CAP_SYS_ADMIN (a container: `--cap-add SYS_ADMIN --security-opt seccomp=unconfined --security-opt \
         apparmor=unconfined`, or `--privileged`) or allow namespaces of users (`sysctl user.max_user_namespaces=9999 \
         kernel.apparmor_restrict_unprivileged_userns=0`)",
        kinds.join(" ")
    )
}
