"""Writes the table of names that may stand in a pickle, one file per family of libraries.

Each group is (library, rule, reason) with its modules; the output depends on nothing but the libraries' versions.
"""

import json
import sys

from admit import admit
from by_hand import BY_HAND
from observe import observe

# Which file a module's names go to, by the first part of its name; the rest goes to `others`.
FAMILIES = {
    'standard-library': (
        '_codecs _io _operator argparse array builtins collections copyreg datetime decimal enum fractions functools io '
        'ipaddress pathlib random re time types typing uuid'
    ),
    'numeric': 'numpy scipy',
    'tables': 'pandas pytz dateutil',
    'estimators': 'sklearn imblearn category_encoders joblib xgboost lightgbm catboost',
    'tensors': 'torch',
    'networks': 'torchvision timm ultralytics models',
    'language': 'transformers tokenizers accelerate peft sentence_transformers diffusers gensim nltk',
}


def family_of(module):
    root = module.split('.')[0]
    return next((family for family, roots in FAMILIES.items() if root in roots.split()), 'others')


def families(groups):
    """{family: [[library, rule, reason, {module: [names]}]]}, sorted, each name once: what was observed comes first."""
    taken, out = set(), {}
    for (library, rule, reason), modules in sorted(groups, key=lambda group: (group[0][0].startswith('reviewed'), group[0])):
        for module, names in sorted(modules.items()):
            fresh = sorted({name for name in names if (module, name) not in taken})
            taken.update((module, name) for name in fresh)
            if not fresh:
                continue
            rows = out.setdefault(family_of(module), {})
            rows.setdefault((library, rule, reason), {})[module] = fresh
    return {
        family: [[*key, rows[key]] for key in sorted(rows, key=lambda key: (key[0].startswith('reviewed'), key))]
        for family, rows in sorted(out.items())
    }


def main():
    observed, refused = admit(observe())
    groups = list(observed.items())
    for library, rule, reason, modules in BY_HAND:
        groups.append(((library, rule, reason), {module: names.split() for module, names in modules.items()}))
    json.dump(families(groups), sys.stdout)
    for (module, name), why in sorted(refused.items()):
        print(f'refused {module} {name}: {why}', file=sys.stderr)


if __name__ == '__main__':
    main()
