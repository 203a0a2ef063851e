"""The first breath of every child: report to the guardian, give up root if told to, become the program.

Run as a script by `ieum_local.children` with one JSON argument. Standard library only, so that it costs milliseconds.
The child reports itself, before it becomes the program: a parent killed in mid-spawn leaves no unknown process.
"""

import ctypes
import json
import os
import sys

_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH = 1, 2
_CAPABILITY_VERSION_3 = 0x20080522
_PR_CAPBSET_READ, _PR_SET_SECUREBITS, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE = 23, 28, 47, 2
_SECBIT_NO_SETUID_FIXUP = 1 << 2


def _give_up_root(uid: int, gid: int, *, keep_reading: bool) -> None:
    """Become another account; with `keep_reading`, folders closed to it (a checkout under /root) can be passed."""
    libc = ctypes.CDLL(None, use_errno=True)
    kept = None
    if keep_reading:
        bounds = {cap: libc.prctl(_PR_CAPBSET_READ, cap, 0, 0, 0) for cap in (_CAP_DAC_READ_SEARCH, _CAP_DAC_OVERRIDE)}
        kept = next((cap for cap, held in bounds.items() if held == 1), None)
    if kept is not None:
        # Not PR_SET_KEEPCAPS: access(2), which initdb asks, would still leave the capability out of account.
        libc.prctl(_PR_SET_SECUREBITS, _SECBIT_NO_SETUID_FIXUP, 0, 0, 0)
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    if kept is not None:
        header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
        one = 1 << kept
        effective_permitted_inheritable = (ctypes.c_uint32 * 6)(one, one, one)  # the high words stay 0
        if libc.capset(header, effective_permitted_inheritable) != 0:
            sys.exit("cannot give up root's capabilities")
        libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, kept, 0, 0)


def main() -> None:
    """Read the order, report, exec."""
    order = json.loads(sys.argv[1])
    pipe = int(order["pipe"])
    report = {
        "add": os.getpid(),
        "name": order["name"],
        "stage": order["stage"],
        "signal": order["signal"],
        "grace": order["grace"],
    }
    os.write(pipe, (json.dumps(report) + "\n").encode())  # below PIPE_BUF: one write is one report
    os.set_inheritable(pipe, False)
    if order["uid"] is not None:
        _give_up_root(order["uid"], order["gid"], keep_reading=order["keep_reading"])
        os.umask(0o077)
    try:
        os.execvp(order["argv"][0], order["argv"])
    except OSError as error:
        sys.exit(f"cannot start {order['argv'][0]}: {error.strerror}")


if __name__ == "__main__":
    main()
