//! Directories and files of others: an error that names the path and says what to do, never a crash.
//!
//! Root may do everything, so where the tests run as root, what they do is done as another user.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
use std::path::Path;

use tempfile::TempDir;

use super::children::{Child, again, role, unshared};
use super::tools::{builder, generation, open, try_open};

/// "nobody" on Debian; any user that is not root does.
const NOBODY: u32 = 65_534;

fn is_root() -> bool {
    #[allow(unsafe_code, reason = "it decides which facilities a test has")]
    // SAFETY: it reads an attribute of this process and cannot fail.
    unsafe {
        libc::geteuid() == 0
    }
}

/// Opens as another user than root, and says what came of it; nothing where no role is given.
#[test]
fn child() {
    let Some((role, directory)) = role() else { return };
    if role == "nobody" && is_root() {
        #[allow(unsafe_code, reason = "a user without rights is what is tested")]
        // SAFETY: it changes the user of this process, which holds nothing yet.
        let changed = unsafe { libc::setgid(NOBODY) == 0 && libc::setuid(NOBODY) == 0 };
        assert!(changed, "this test needs CAP_SETUID and CAP_SETGID where it runs as root");
    }
    match try_open(builder(&directory)) {
        Ok(store) => println!("stored: {:?}", store.try_set("a", b"new", cache_core::Life::FOREVER)),
        Err(error) => println!("refused: {}", error.to_string().replace('\n', " ")),
    }
}

/// What comes of it if a user opens `directory` who has no rights but what the files say.
fn opened_by_nobody(directory: &Path) -> String {
    Child::again("permissions::child", "nobody", directory).end()
}

#[track_caller]
fn assert_told(said: &str, path: &Path) {
    let told = said.contains("refused: disk handler") && said.contains("`cache_dir`");
    let helped = said.contains("name a directory") || said.contains("name another");
    assert!(told && helped && said.contains(path.to_str().unwrap()), "{said}");
}

/// A directory of whoever is to open it, with a store in it.
fn filled() -> TempDir {
    let directory = TempDir::new().unwrap();
    assert!(open(builder(&directory)).set("a", b"old"));
    if is_root() {
        give_away(directory.path());
    }
    directory
}

fn give_away(path: &Path) {
    chown(path, Some(NOBODY), Some(NOBODY)).expect("this test needs CAP_CHOWN where it runs as root");
    if path.is_dir() {
        fs::read_dir(path).unwrap().for_each(|entry| give_away(&entry.unwrap().path()));
    }
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[test]
fn whoever_owns_the_directory_can_use_it() {
    let directory = filled();
    let said = opened_by_nobody(directory.path());
    assert!(said.contains("stored: Ok(true)"), "{said}");
}

#[test]
fn a_directory_without_the_right_to_write_is_told() {
    let directory = filled();
    fs::remove_dir_all(directory.path().join("v3")).unwrap();
    for mode in [0o500, 0o400, 0] {
        set_mode(directory.path(), mode);
        assert_told(&opened_by_nobody(directory.path()), directory.path());
        assert_told(&opened_by_nobody(&directory.path().join("below")), &directory.path().join("below"));
    }
    set_mode(directory.path(), 0o700);
}

#[test]
fn what_cannot_be_read_or_written_is_told_and_left_as_it_is() {
    for (path, modes) in [
        ("v3", [0o500, 0o400, 0]),
        ("v3/lock", [0o400, 0o200, 0]),
        ("generation", [0o500, 0o400, 0]),
        ("generation/data.mdb", [0o400, 0o200, 0]),
        ("generation/lock.mdb", [0o400, 0o200, 0]),
        ("generation/in-use", [0o400, 0o200, 0]),
        ("generation/mark", [0o400, 0o200, 0]),
    ] {
        for mode in modes {
            let directory = filled();
            let first = generation(directory.path());
            let path = directory
                .path()
                .join(path.replace("generation", &format!("v3/{}", first.file_name().unwrap().display())));
            set_mode(&path, mode);
            let said = opened_by_nobody(directory.path());
            // With the right to list it, it may also be left for a new one.
            if !said.contains("stored: Ok(true)") {
                assert_told(&said, directory.path());
            }
            assert!(!said.contains("panicked"), "{said}");
            println!("{} {mode:o}: {}", path.display(), said.lines().find(|line| line.contains(": ")).unwrap());
            if path.exists() {
                set_mode(&path, if path.is_dir() { 0o700 } else { 0o600 });
            }
            let said = opened_by_nobody(directory.path());
            assert!(said.contains("stored: Ok(true)"), "after {mode:o} of {}: {said}", path.display());
        }
    }
}

#[test]
fn a_link_in_place_of_larders_directory_is_refused_and_not_followed() {
    let (directory, elsewhere) = (filled(), TempDir::new().unwrap());
    let ours = directory.path().join("v3");
    fs::remove_dir_all(&ours).unwrap();
    if is_root() {
        give_away(elsewhere.path());
    }
    for target in [elsewhere.path(), Path::new("/nowhere")] {
        symlink(target, &ours).unwrap();
        assert_told(&opened_by_nobody(directory.path()), &ours);
        fs::remove_file(&ours).unwrap();
    }
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0);
    fs::write(&ours, "mine").unwrap();
    assert_told(&opened_by_nobody(directory.path()), &ours);
    assert_eq!(fs::read_to_string(&ours).unwrap(), "mine");
}

#[test]
fn links_in_place_of_larders_files_are_not_followed() {
    let directory = filled();
    let elsewhere = directory.path().join("elsewhere");
    for name in ["../lock", "in-use", "mark", "lock.mdb", "data.mdb"] {
        fs::write(&elsewhere, "mine").unwrap();
        let path = generation(directory.path()).join(name);
        fs::remove_file(&path).unwrap();
        symlink(&elsewhere, &path).unwrap();
        let said = opened_by_nobody(directory.path());
        if !said.contains("stored: Ok(true)") {
            assert_told(&said, directory.path());
            fs::remove_file(&path).unwrap();
        }
        assert_eq!(fs::read_to_string(&elsewhere).unwrap(), "mine", "{name}: {said}");
        let said = opened_by_nobody(directory.path());
        assert!(said.contains("stored: Ok(true)"), "{name}: {said}");
    }
}

#[test]
fn a_directory_of_someone_else_in_place_of_larders_is_refused() {
    let directory = TempDir::new().unwrap();
    let ours = directory.path().join("v3");
    fs::create_dir(&ours).unwrap();
    let again = again("permissions::child", "as it is", directory.path());
    let said = if is_root() {
        set_mode(&ours, 0o777);
        give_away(&ours);
        Child::start(again).end()
    } else {
        // In a namespace of users, whoever is not in it is someone else.
        Child::start(unshared(&["--mount"], "mount --bind /usr \"$1/v3\"", directory.path(), &again)).end()
    };
    assert_told(&said, &ours);
    assert_eq!(fs::read_dir(&ours).unwrap().count(), 0);
}
