import { expect, test } from 'vitest'
import type { DependencyFile } from '../src/dependencies/dependency.ts'
import { dependencyReaders } from '../src/dependencies/readers.ts'

const fileOf = (path: string, files: Readonly<Record<string, string>>): DependencyFile => ({
  path,
  text: files[path] ?? '',
  sibling: (name) => (name in files ? fileOf(name, files) : undefined),
})

/** What a file says, one line a package: ecosystem, name, version, direct or not, chain, source. */
const read = (path: string, text: string, siblings: Readonly<Record<string, string>> = {}): string[] => {
  const reader = dependencyReaders.find((candidate) => candidate.matches(path))
  const { dependencies, problems } = reader?.read(fileOf(path, { ...siblings, [path]: text })) ?? {
    dependencies: [],
    problems: ['no reader'],
  }
  expect(problems).toEqual([])
  return dependencies
    .map(({ ecosystem, name, version, isDirect, chain, source }) =>
      [ecosystem, name, version ?? '?', isDirect ? 'direct' : chain.join('>'), source].filter(Boolean).join(' '),
    )
    .toSorted()
}

const json = (value: unknown): string => JSON.stringify(value)

test('package-lock.json of versions 2 and 3: nested folders, aliases, workspaces and repositories', () => {
  const text = json({
    lockfileVersion: 3,
    packages: {
      '': { dependencies: { a: '1' } },
      'packages/own': { version: '0.0.0', dependencies: { c: '1' } },
      'node_modules/own': { resolved: 'packages/own', link: true },
      'node_modules/a': {
        version: '1.0.0',
        dependencies: { b: '2' },
        resolved: 'https://registry.npmjs.org/a/-/a-1.0.0.tgz',
      },
      'node_modules/a/node_modules/b': { version: '2.0.0', dependencies: { '@s/d': '1' } },
      'node_modules/b': { version: '1.0.0' },
      'node_modules/@s/d': { name: '@real/d', version: '1.1.0' },
      'node_modules/c': { version: '3.0.0', resolved: 'git+ssh://git@github.com/x/c.git#abc' },
    },
  })
  expect(read('package-lock.json', text)).toEqual([
    'npm @real/d 1.1.0 a>b>@s/d',
    'npm a 1.0.0 direct',
    'npm b 1.0.0 b',
    'npm b 2.0.0 a>b',
    'npm c 3.0.0 direct git+ssh://git@github.com/x/c.git#abc',
  ])
})

test('package-lock.json of version 1, with package.json beside it', () => {
  const text = json({
    lockfileVersion: 1,
    dependencies: {
      a: { version: '1.0.0', requires: { b: '1' }, dependencies: { b: { version: '2.0.0' } } },
      b: { version: '1.0.0' },
    },
  })
  expect(read('npm-shrinkwrap.json', text)).toEqual(['npm a 1.0.0 direct', 'npm b 1.0.0 b', 'npm b 2.0.0 a>b'])
  expect(read('package-lock.json', text, { 'package.json': json({ dependencies: { a: '1', b: '1' } }) })).toContain(
    'npm b 1.0.0 direct',
  )
})

test('pnpm-lock.yaml of versions 5, 6 and 9', () => {
  const version5 = `lockfileVersion: 5.4
dependencies:
  a: 1.0.0_react@18.0.0
packages:
  /a/1.0.0_react@18.0.0: {resolution: {integrity: x}, dependencies: {'@s/b': 2.0.0}}
  /@s/b/2.0.0: {resolution: {integrity: x}}
`
  const version6 = `lockfileVersion: '6.0'
importers:
  .:
    dependencies:
      a: {specifier: ^1, version: 1.0.0(react@18.0.0)}
packages:
  /a@1.0.0(react@18.0.0): {resolution: {integrity: x}, dependencies: {'@s/b': 2.0.0}}
  /@s/b@2.0.0: {resolution: {integrity: x}}
`
  const version9 = `lockfileVersion: '9.0'
importers:
  .:
    devDependencies:
      a: {specifier: ^1, version: 1.0.0(react@18.0.0)}
      own: {specifier: workspace:*, version: link:../own}
packages:
  a@1.0.0: {resolution: {integrity: x}}
  '@s/b@2.0.0': {resolution: {integrity: x}}
snapshots:
  a@1.0.0(react@18.0.0): {dependencies: {'@s/b': 2.0.0}}
  '@s/b@2.0.0': {}
`
  for (const text of [version5, version6, version9]) {
    expect(read('pnpm-lock.yaml', text)).toEqual(['npm @s/b 2.0.0 a>@s/b', 'npm a 1.0.0 direct'])
  }
})

test('yarn.lock of version 1 and of Berry', () => {
  const classic = `# yarn lockfile v1

"@s/b@^2.0.0", "@s/b@^2.1.0":
  version "2.1.0"
  resolved "https://registry.yarnpkg.com/@s/b/-/b-2.1.0.tgz#abc"

a@^1.0.0:
  version "1.0.0"
  resolved "https://registry.yarnpkg.com/a/-/a-1.0.0.tgz#abc"
  dependencies:
    "@s/b" "^2.0.0"
`
  const berry = `__metadata:
  version: 8

"@s/b@npm:^2.0.0":
  version: 2.1.0
  resolution: "@s/b@npm:2.1.0"

"a@npm:^1.0.0":
  version: 1.0.0
  resolution: "a@npm:1.0.0"
  dependencies:
    "@s/b": "npm:^2.0.0"

"own@workspace:.":
  version: 0.0.0-use.local
  resolution: "own@workspace:."
  dependencies:
    a: "npm:^1.0.0"
`
  const siblings = { 'package.json': json({ dependencies: { a: '^1.0.0' } }) }
  for (const text of [classic, berry]) {
    expect(read('yarn.lock', text, siblings)).toEqual(['npm @s/b 2.1.0 a>@s/b', 'npm a 1.0.0 direct'])
  }
})

test('package.json speaks only where no lock file does', () => {
  const text = json({ dependencies: { a: '1.0.0', b: '^1', c: 'npm:d@2.0.0', e: 'user/repo', f: 'file:../f' } })
  expect(read('package.json', text)).toEqual([
    'npm a 1.0.0 direct',
    'npm b ? direct',
    'npm d 2.0.0 direct',
    'npm e ? direct github:user/repo',
  ])
  expect(read('package.json', text, { 'yarn.lock': '' })).toEqual([])
})

test('requirements: pins, extras, markers, hashes, includes, addresses and what pip-compile says of its source', () => {
  const text = `# a comment
Requests[security] == 2.31.0 ; python_version >= "3.8"   \\
    --hash=sha256:00
numpy>=1.0  # any
torch===2.0.0+cpu
certifi==2023.7.22
    # via requests
urllib3==2.0.0
    # via
    #   requests
    #   -r requirements.in
-e ./own
git+https://example.org/tool.git@v1#egg=tool
-r more.txt
`
  expect(read('requirements.txt', text, { 'more.txt': 'scipy==1.11.0\n-r requirements.txt\n' })).toEqual([
    'PyPI certifi 2023.7.22 requests>certifi',
    'PyPI numpy ? direct',
    'PyPI requests 2.31.0 direct',
    'PyPI scipy 1.11.0 direct',
    'PyPI tool ? direct git+https://example.org/tool.git@v1#egg=tool',
    'PyPI torch 2.0.0+cpu direct',
    'PyPI urllib3 2.0.0 requests>urllib3',
  ])
})

test('lock files of Python: Pipfile, Poetry, PDM, uv and the standard one', () => {
  const project = { 'pyproject.toml': '[project]\ndependencies = ["A_a>=1"]\n' }
  const expected = ['PyPI a-a 1.0 direct', 'PyPI b 2.0 a-a>b']
  const poetry =
    '[[package]]\nname = "a-a"\nversion = "1.0"\n[package.dependencies]\nb = ">=1"\n\n[[package]]\nname = "b"\nversion = "2.0"\n'
  const pdm =
    '[[package]]\nname = "a-a"\nversion = "1.0"\ndependencies = ["b>=1"]\n\n[[package]]\nname = "b"\nversion = "2.0"\n'
  const uv = `[[package]]
name = "own"
version = "0.1"
source = { virtual = "." }
dependencies = [{ name = "a-a" }]

[[package]]
name = "a-a"
version = "1.0"
source = { registry = "https://pypi.org/simple" }
dependencies = [{ name = "b" }]

[[package]]
name = "b"
version = "2.0"
source = { registry = "https://pypi.org/simple" }
`
  const standard =
    'lock-version = "1.0"\n[[packages]]\nname = "a-a"\nversion = "1.0"\ndependencies = [{ name = "b" }]\n[[packages]]\nname = "b"\nversion = "2.0"\n'
  expect(read('poetry.lock', poetry, project)).toEqual(expected)
  expect(read('pdm.lock', pdm, project)).toEqual(expected)
  expect(read('uv.lock', uv)).toEqual(expected)
  expect(read('pylock.toml', standard)).toEqual(expected)
  const pipfile = json({
    default: { 'a-a': { version: '==1.0' }, b: { version: '==2.0' }, g: { git: 'https://example.org/g' } },
  })
  expect(read('Pipfile.lock', pipfile, { Pipfile: '[packages]\nA_a = "*"\n' })).toEqual([
    'PyPI a-a 1.0 direct',
    'PyPI b 2.0 b',
    'PyPI g ? g https://example.org/g',
  ])
})

test('files of conda: environments, locks and explicit lists', () => {
  const environment =
    'channels: [defaults]\ndependencies:\n  - conda-forge::NumPy=1.21.0=py39_0\n  - python>=3.8\n  - pip:\n    - requests==2.31.0\n'
  expect(read('environment.yml', environment)).toEqual([
    'PyPI requests 2.31.0 direct',
    'conda numpy 1.21.0 direct',
    'conda python ? direct',
  ])
  const lock =
    'package:\n- {name: numpy, version: 1.21.0, manager: conda, dependencies: {libblas: ""}}\n- {name: libblas, version: "3.9", manager: conda}\n- {name: Requests, version: 2.31.0, manager: pip}\n'
  expect(read('conda-lock.yml', lock)).toEqual([
    'PyPI requests 2.31.0 direct',
    'conda libblas 3.9 libblas',
    'conda numpy 1.21.0 direct',
  ])
  const list =
    '# platform\n@EXPLICIT\nhttps://conda.anaconda.org/conda-forge/linux-64/scikit-learn-1.3.0-py311_0.conda#abc\n'
  expect(read('conda-linux-64.lock', list)).toEqual(['conda scikit-learn 1.3.0 direct'])
})
