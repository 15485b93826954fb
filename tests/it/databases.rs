//! Where the classes of the tests are kept: each in a file of its own; and, built with `--features postgres`, the same
//! tests again on a PostgreSQL server that is started here on loopback and stopped afterwards.

use std::cell::RefCell;
use std::path::{Path, PathBuf};

thread_local! {
    /// The server on which this thread's classes are kept; nothing means files.
    static SERVER: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// A place for a new class, as `--class` takes it.
pub fn new_class(folder: &Path) -> PathBuf {
    match SERVER.with_borrow(Clone::clone) {
        None => folder.join("class.db"),
        #[cfg(feature = "postgres")]
        Some(server) => server::new_database(&server),
        #[cfg(not(feature = "postgres"))]
        Some(_) => unreachable!("no test of this build is on a server"),
    }
}

#[cfg(feature = "postgres")]
mod server {
    use std::net::{TcpListener, TcpStream};
    use std::os::unix::fs::{PermissionsExt, chown};
    use std::os::unix::process::CommandExt;
    use std::path::{Path, PathBuf};
    use std::process::{Child, Command, Stdio};
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::thread;
    use std::time::{Duration, Instant};

    use tempfile::TempDir;

    use super::SERVER;
    use crate::{gradebook, queue};

    /// A server with a folder of its own, stopped when it is dropped.
    struct Server {
        process: Child,
        port: u16,
        folder: TempDir,
        owner: Option<u32>,
    }

    impl Server {
        fn start() -> Self {
            // PostgreSQL does not run as root; its package makes a user for it.
            let owner = (id("") == Some(0)).then(|| id("postgres").or_else(|| id("nobody")).expect("a user for it"));
            let folder = tempfile::tempdir().expect("a folder for the server");
            let data = folder.path().join("data");
            std::fs::create_dir(&data).expect("made");
            if let Some(owner) = owner {
                chown(&data, Some(owner), None).expect("given to its user");
                std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o711)).expect("can be entered");
            }
            let made = command("initdb", owner)
                .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"])
                .arg(&data)
                .output()
                .expect("initdb starts");
            assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
            let port = TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a free port").port();
            let process = command("postgres", owner)
                .args(["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"])
                .args(["-p", &port.to_string(), "-D"])
                .arg(&data)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .expect("postgres starts");
            let server = Self { process, port, folder, owner };
            let until = Instant::now() + Duration::from_secs(60);
            // It listens a moment before it lets anybody in.
            while TcpStream::connect(("127.0.0.1", port)).is_err() || !create_database(&server.address(), "ready") {
                assert!(Instant::now() < until, "the server did not come up");
                thread::sleep(Duration::from_millis(100));
            }
            server
        }

        fn address(&self) -> String {
            format!("postgres://postgres@127.0.0.1:{}", self.port)
        }
    }

    impl Drop for Server {
        fn drop(&mut self) {
            let stop = command("pg_ctl", self.owner)
                .args(["stop", "--silent", "--mode=immediate", "-D"])
                .arg(self.folder.path().join("data"))
                .status();
            if !stop.is_ok_and(|it| it.success()) {
                let _ = self.process.kill();
            }
            let _ = self.process.wait();
        }
    }

    /// One of PostgreSQL's programs. That it is not there must not look like a test that passed.
    fn command(name: &str, owner: Option<u32>) -> Command {
        let on_path = std::env::var_os("PATH").unwrap_or_default();
        let debian =
            std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|it| it.path().join("bin"));
        let found =
            std::env::split_paths(&on_path).chain(debian).map(|folder| folder.join(name)).find(|it| it.exists());
        let program = found.unwrap_or_else(|| {
            panic!("`{name}` is not here: install PostgreSQL (on Debian `apt-get install postgresql`), or test without `--features postgres`")
        });
        let mut command = Command::new(program);
        if let Some(owner) = owner {
            command.uid(owner);
        }
        command.current_dir("/");
        command
    }

    fn id(user: &str) -> Option<u32> {
        let said = Command::new("id").arg("-u").args(Some(user).filter(|it| !it.is_empty())).output().ok()?;
        String::from_utf8(said.stdout).ok()?.trim().parse().ok()
    }

    fn create_database(server: &str, name: &str) -> bool {
        let made = command("createdb", None).arg(format!("--maintenance-db={server}/postgres")).arg(name).output();
        made.expect("createdb starts").status.success()
    }

    pub(super) fn new_database(server: &str) -> PathBuf {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("class_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        assert!(create_database(server, &name));
        Path::new(&format!("{server}/{name}")).to_owned()
    }

    #[test]
    fn a_server_keeps_a_class_as_a_file_does() {
        let server = Server::start();
        let promises: [fn(); 14] = [
            gradebook::a_class_of_300_goes_from_import_to_export_without_a_mark_lost,
            gradebook::a_later_submission_counts_and_the_earlier_stays,
            gradebook::two_graders_do_not_overwrite_each_other,
            gradebook::killed_at_any_moment_nothing_is_lost_or_half_written,
            gradebook::ten_thousand_answers_come_in_at_once,
            gradebook::the_worksheet_is_the_teachers_own_but_for_grades_and_feedback,
            gradebook::every_kind_of_export_can_be_read_again,
            gradebook::the_erased_are_forgotten_and_a_copy_is_whole,
            gradebook::a_whole_class_goes_out_and_comes_in_elsewhere,
            queue::digits_give_and_take_items_enter_keeps_and_u_takes_back,
            queue::alone_marks_one_and_undo_comes_back_to_it,
            queue::names_are_hidden_and_looking_at_them_is_kept,
            queue::two_at_once_see_each_other_and_overwrite_nothing,
            queue::marks_teach_the_grader_and_what_it_learned_is_applied_and_undone,
        ];
        for promise in promises {
            let address = server.address();
            let kept = thread::spawn(move || {
                SERVER.set(Some(address));
                promise();
            });
            kept.join().expect("kept on a server as in a file");
        }
    }

    #[test]
    fn a_server_that_is_not_there_is_told_in_a_sentence() {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a free port").port();
        let class = format!("postgres://ada:secret@127.0.0.1:{port}/class");
        let program = env!("CARGO_BIN_EXE_coldstart");
        let output = Command::new(program).args(["gradebook", "--class", &class, "list"]).output().expect("it starts");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2));
        assert!(said.starts_with("error: the PostgreSQL server") && !said.contains("secret"), "{said}");
    }
}
