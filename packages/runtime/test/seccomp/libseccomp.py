# Has libseccomp write a filter, as an oracle for ours. Standard input: {"architecture", "rules": [[NAME, [[ARGUMENT, MASK,
# VALUE], ...]], ...]}: a call is allowed when all of one rule's comparisons hold. Standard output: the program.
import json
import sys

import seccomp

order = json.load(sys.stdin)
wanted = seccomp.SyscallFilter(seccomp.ERRNO(1))
native = seccomp.Arch()
if getattr(seccomp.Arch, order["architecture"]) != int(native):
    wanted.add_arch(seccomp.Arch(getattr(seccomp.Arch, order["architecture"])))
    wanted.remove_arch(native)
for name, comparisons in order["rules"]:
    arguments = [seccomp.Arg(at, seccomp.MASKED_EQ, int(mask), int(value)) for at, mask, value in comparisons]
    wanted.add_rule(seccomp.ALLOW, name, *arguments)
wanted.export_bpf(sys.stdout)
