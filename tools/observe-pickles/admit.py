"""Puts what was observed through the review."""

import fnmatch
import importlib
import types

import review

HOOK_NAMES = tuple(review.HOOKS)


def resolve(module, name):
    """The object behind a name of a pickle."""
    value = importlib.import_module(module)
    for part in name.split('.'):
        value = getattr(value, part)
    return value


def unread_hooks(kind):
    """What loading an instance of this class would run and nobody has read."""
    unread = []
    for hook in HOOK_NAMES:
        definer = next(base for base in kind.__mro__ if hook in vars(base) or base is object)
        name = f'{definer.__module__}.{definer.__qualname__}'
        read = review.HOOKS[hook].split()
        if definer is not object and not any(fnmatch.fnmatchcase(name, pattern) for pattern in read):
            unread.append(f'{name}.{hook}')
    return unread


def callables():
    for rule, reason, modules in review.CALLABLES:
        for module, names in modules.items():
            for name in names.split():
                yield (module, name), (rule, reason)


def admitted(module, name, uses, reviewed):
    """(rule, reason), or the reason why not."""
    key = (module, name)
    if key in review.REFUSED:
        return None, review.REFUSED[key]
    if key in reviewed:
        return reviewed[key], None
    value = resolve(module, name)
    if isinstance(value, type):
        called = sorted(use for use in uses if use.startswith(('called', 'new(')) and use not in ('new()', 'called()'))
        if called:
            return None, f'is called with arguments: {", ".join(called)}'
        unread = unread_hooks(value)
        if unread:
            return None, f'runs what nobody has read: {", ".join(unread)}'
        if 'called()' in uses:
            return None, 'its constructor is called'
        return ('instance', 'made without its constructor; its state is assigned'), None
    if type(value).__name__ in review.PLAIN_VALUES:
        return ('none', 'a value that stands for itself'), None
    if isinstance(value, types.FunctionType) and module in review.METRIC_MODULES:
        return ('none', 'a function on arrays as a value; never called while loading'), None
    return None, 'a function that nobody has read'


def admit(seen):
    """({(library, rule, reason): {module: [name]}}, {(module, name): why not})."""
    reviewed = dict(callables())
    groups, refused, taken = {}, {}, set()
    for library, names in seen.items():
        for (module, name), uses in sorted(names.items()):
            verdict, why = admitted(module, name, uses, reviewed)
            if verdict is None:
                refused[module, name] = why
            elif (module, name) not in taken:
                taken.add((module, name))
                groups.setdefault((library, *verdict), {}).setdefault(module, []).append(name)
    # A reviewed name of the standard library that this run happened not to meet is still one of the review.
    for (module, name), (rule, reason) in reviewed.items():
        if (module, name) in taken:
            continue
        try:
            resolve(module, name)
        except (ImportError, AttributeError) as error:
            refused[module, name] = f'is not there: {error}'
            continue
        root = module.split('.')[0]
        library = f'reviewed: {"python" if root == "builtins" else root}'
        groups.setdefault((library, rule, reason), {}).setdefault(module, []).append(name)
    return groups, refused
