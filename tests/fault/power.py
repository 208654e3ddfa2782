# SPDX-License-Identifier: Apache-2.0
"""What a disk may hold after a power cut, given what lay there before and the log of preload_log.so.

A file's bytes survive when it was synced after they were written; a name survives when its directory was. What was not synced:

strict    none of it survives, and a rename is two names, each with its own directory
ordered   names survive in the order they were made, as in a journal, up to some point not before the last sync; bytes do not
torn      of each write some part survives or nothing, of each name any state since its directory's last sync
all       everything survives: what a kill leaves

The choice in "ordered" and "torn" is by seed. Nothing more is promised by POSIX, and less by no filesystem that Linux calls sound.
"""
import functools
import hashlib
import os
import random
import stat
import urllib.parse

MODELS = ("strict", "ordered", "torn")
SECTOR_BYTES = 512


class Unmodelled(Exception):
    """The log holds something that would have to be modelled first."""


class Node:
    """A file, directory or symbolic link."""

    def __init__(self, kind, data=b""):
        self.kind = kind
        self.durable = bytes(data)  # a file's, or a link's target; the same object in every image while nothing changes it
        self.pending = []  # (offset, bytes), or (size, None) for a truncation, since its last sync
        self.entries = {}  # a directory's names as they are now
        self.before = {}  # and as they were at its last sync
        self.history = {}  # name: what it has been since then, oldest first
        self.is_shared_memory = False  # written through mmap, which no log sees

    def sync(self):
        self.durable = apply(self.durable, self.pending)
        self.pending = []
        self.before = dict(self.entries)
        self.history = {}

    def name(self, name, node):
        self.history.setdefault(name, [self.before.get(name)]).append(node)
        if node is None:
            self.entries.pop(name, None)
        else:
            self.entries[name] = node


def apply(data, changes):
    if not changes:
        return data
    data = bytearray(data)
    for at, new in changes:
        if new is None:
            data = data[:at] + bytes(max(0, at - len(data)))
        else:
            if at > len(data):
                data += bytes(at - len(data))
            data[at : at + len(new)] = new
    return bytes(data)


class Disk:
    """A directory tree as it is, and as much of it as is sure to survive."""

    def __init__(self, root):
        self.nodes = {}
        self.journal = []  # since the last sync of anything: lists of (directory, name, node before)
        self.root = self.scan(root)

    def scan(self, path):
        st = os.lstat(path)
        if stat.S_ISDIR(st.st_mode):
            node = Node("dir")
            for name in os.listdir(os.fsencode(path)):
                node.entries[name] = self.scan(os.path.join(os.fsencode(path), name))
            node.before = dict(node.entries)
        elif stat.S_ISLNK(st.st_mode):
            node = Node("link", os.fsencode(os.readlink(path)))
        else:
            with open(path, "rb") as f:
                node = self.nodes.get(st.st_ino) or Node("file", f.read())
        self.nodes[st.st_ino] = node
        return node

    # ---- One line of the log each: its words, and the bytes that follow it ----

    def do(self, word, args, data):
        if word not in self.WORDS:
            raise Unmodelled(f"{word} {' '.join(args)}")
        self.WORDS[word](self, args, data)

    def put_names(self, *changes):
        """Names that change together: of each its directory, itself, and the node that it has now."""
        done = []
        for parent, name, node in changes:
            directory = self.nodes[int(parent)]
            name = urllib.parse.unquote_to_bytes(name)
            done.append((directory, name, directory.entries.get(name)))
            directory.name(name, node)
        self.journal.append(done)

    def do_new(kind):
        def do(self, args, data):
            node = self.nodes[int(args[2])] = Node(kind, data)
            self.put_names((args[0], args[1], node))

        return do

    def do_tmpfile(self, args, data):
        self.nodes[int(args[1])] = Node("file")

    def do_link(self, args, data):
        self.put_names((args[0], args[1], self.nodes[int(args[2])]))

    def do_unlink(self, args, data):
        self.put_names((args[0], args[1], None))

    def do_rename(self, args, data):
        self.put_names((args[0], args[1], None), (args[2], args[3], self.nodes[int(args[4])]))

    def do_write(self, args, data):
        self.nodes[int(args[0])].pending.append((int(args[1]), data))

    def do_truncate(self, args, data):
        self.nodes[int(args[0])].pending.append((int(args[1]), None))

    def do_mmap(self, args, data):
        self.nodes[int(args[0])].is_shared_memory = True

    def do_nothing(self, args, data):
        """sync_file_range promises nothing."""

    def do_fsync(self, args, data):
        self.nodes[int(args[0])].sync()
        self.journal = []

    def do_syncfs(self, args, data):
        for node in self.nodes.values():
            node.sync()
        self.journal = []

    WORDS = {
        "create": do_new("file"),
        "mkdir": do_new("dir"),
        "symlink": do_new("link"),
        "tmpfile": do_tmpfile,
        "link": do_link,
        "unlink": do_unlink,
        "rename": do_rename,
        "write": do_write,
        "truncate": do_truncate,
        "mmap": do_mmap,
        "sync_file_range": do_nothing,
        "fsync": do_fsync,
        "fdatasync": do_fsync,  # sizes are data
        "syncfs": do_syncfs,
    }

    # ---- What a cut leaves ----

    def image(self, model, seed=0):
        """The tree after a cut now: a dict for a directory, bytes for a file, a str for a link."""
        rng = random.Random(f"{model} {seed}")
        if model == "ordered":
            undone = self.undone(rng.randint(0, len(self.journal)))
            names_of = lambda node: undone.get(node, node.entries)
        else:
            names_of = {
                "all": lambda node: node.entries,
                "strict": lambda node: node.before,
                "torn": lambda node: torn_names(node, rng),
            }[model]
        return image_of(self.root, names_of, BYTES_OF[model], rng)

    def undone(self, keep):
        """The names of those directories that change when the journal is cut after that many changes."""
        names = {}
        for done in reversed(self.journal[keep:]):
            for directory, name, old in reversed(done):
                here = names.setdefault(directory, dict(directory.entries))
                here.pop(name, None)
                if old is not None:
                    here[name] = old
        return names


def torn_names(node, rng):
    names = dict(node.before)
    for name in sorted(node.history):
        names[name] = rng.choice(node.history[name])
    return {name: child for name, child in names.items() if child is not None}


def torn_bytes(node, rng):
    survived = []
    for at, new in node.pending:
        fate = rng.choice(("whole", "part", "none"))
        if fate == "none":
            continue
        if fate == "part" and new is not None:
            # Sectors reach the disk in any order.
            cuts = range(0, len(new), SECTOR_BYTES)
            survived += [(at + i, new[i : i + SECTOR_BYTES]) for i in cuts if rng.random() < 0.5]
        else:
            survived.append((at, new))
    data = apply(node.durable, survived)
    return rng.randbytes(len(data)) if node.is_shared_memory else data


BYTES_OF = {
    "all": lambda node, rng: apply(node.durable, node.pending),
    "strict": lambda node, rng: node.durable,
    "ordered": lambda node, rng: node.durable,
    "torn": torn_bytes,
}


def image_of(node, names_of, bytes_of, rng):
    if node.kind == "dir":
        names = names_of(node)
        return {name: image_of(names[name], names_of, bytes_of, rng) for name in sorted(names)}
    if node.kind == "link":
        return os.fsdecode(node.durable)
    return bytes_of(node, rng)


def read_log(path):
    """(word, args, data) of each line."""
    with open(path, "rb") as f:
        log = f.read()
    at = 0
    while at < len(log):
        end = log.index(b"\n", at)
        word, *args = log[at:end].decode("ascii").split(" ")
        at = end + 1
        data = b""
        if word in ("write", "symlink"):
            size = int(args[-1])
            data = log[at : at + size]
            at += size + 1
        yield word, args, data


def write_image(image, path):
    """Makes the directory `path`, which must not be there, out of an image."""
    os.mkdir(path, 0o700)
    for name, child in image.items():
        below = os.path.join(os.fsencode(path), name)
        if isinstance(child, dict):
            write_image(child, below)
        elif isinstance(child, str):
            os.symlink(child, below)
        else:
            with open(os.open(below, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as f:
                f.write(child)


def differences(image, path, where=""):
    """What the directory `path` has otherwise than an image, shared memory apart: a list of paths."""
    found = []
    names = {os.fsencode(name) for name in os.listdir(os.fsencode(path))}
    for name in sorted(names | set(image)):
        shown = f"{where}/{os.fsdecode(name)}"
        below = os.path.join(os.fsencode(path), name)
        child = image.get(name)
        if name not in names or child is None:
            found.append(f"{shown} is {'only in the image' if child is not None else 'not in the image'}")
        elif isinstance(child, dict):
            found += differences(child, below, shown) if os.path.isdir(below) else [f"{shown} is no directory"]
        elif isinstance(child, str):
            found += [] if os.path.islink(below) and os.fsdecode(os.readlink(below)) == child else [f"{shown} is another link"]
        elif not name.endswith(b"-shm"):
            with open(below, "rb") as f:
                found += [] if f.read() == child else [f"{shown} has other bytes"]
    return found


@functools.lru_cache(maxsize=256)
def digest_of(data):
    """Of a file's bytes: most are the same objects from one image to the next, which are told by what Python keeps of them."""
    return hashlib.sha256(data).digest()


def digest(image):
    """The same for the same image."""
    hashed = hashlib.sha256()

    def add(child):
        if isinstance(child, dict):
            for name, below in child.items():
                hashed.update(b"%d:%s" % (len(name), name))
                add(below)
            hashed.update(b"end;")
        else:
            data = os.fsencode(child) if isinstance(child, str) else child
            hashed.update(b"%s%d:" % (type(child).__name__.encode(), len(data)))
            hashed.update(digest_of(data))

    add(image)
    return hashed.digest()
