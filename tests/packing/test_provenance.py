from __future__ import annotations

import subprocess

from golive.packing.provenance import git_commit


def git(folder, *arguments):
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    done = subprocess.run(
        ["git", "-C", folder, *identity, *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_the_commit_is_named_and_changes_make_it_dirty(tmp_path):
    git(tmp_path, "init", "-q")
    assert git_commit(tmp_path) is None
    (tmp_path / "train.py").write_text("1\n")
    git(tmp_path, "add", "train.py")
    git(tmp_path, "commit", "-qm", "First")
    commit = git(tmp_path, "rev-parse", "HEAD")

    clean = git_commit(tmp_path)
    (tmp_path / "train.py").write_text("2\n")

    assert clean == commit
    assert git_commit(tmp_path) == f"{commit}-dirty"


def test_outside_a_repository_there_is_no_commit(tmp_path):
    assert git_commit(tmp_path) is None
