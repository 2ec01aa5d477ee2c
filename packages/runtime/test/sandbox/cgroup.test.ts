import { dirname, join } from 'node:path'
import { createManualClock } from '@nootropic/core'
import { expect, test } from 'vitest'
import { type CgroupLimits, prepareCgroup } from '../../src/sandbox/cgroup.ts'
import type { CgroupFiles } from '../../src/sandbox/cgroup-files.ts'
import { type CgroupPlace, findCgroupPlaces } from '../../src/sandbox/cgroup-places.ts'

const limits: CgroupLimits = { memoryBytes: 2 ** 30, tasks: 100, cpus: 1.5 }

/** The rules of a kernel for version 2, as far as they are used: a tree of groups, and processes that are in them. */
const fakeKernel = (
  files: Record<string, string>,
  options: { readOnly?: readonly string[]; refuse?: string; namespace?: string; madeAt?: number } = {},
) => {
  const refusal = (code: string) => Object.assign(new Error(code), { code })
  const kernel: CgroupFiles = {
    read(path) {
      const text = files[path]
      if (text === undefined) throw refusal('ENOENT')
      return text
    },
    write(path, text) {
      if (files[path] === undefined) throw refusal('ENOENT')
      if (path.endsWith(options.refuse ?? '/nothing')) throw refusal('EINVAL')
      if (path.endsWith('cgroup.subtree_control')) {
        // No internal processes (cgroups(7)).
        if (files[join(dirname(path), 'cgroup.procs')] !== '') throw refusal('EBUSY')
        files[path] += `${text.slice(1)} `
      } else if (path.endsWith('cgroup.procs')) {
        for (const [other, inside] of Object.entries(files)) {
          if (other.endsWith('cgroup.procs')) files[other] = inside.replace(`${text}\n`, '')
        }
        files[path] += `${text}\n`
      } else files[path] = `${text}\n`
    },
    makeDirectory(path) {
      for (const name of ['cgroup.procs', 'memory.max', 'memory.swap.max', 'pids.max', 'cpu.max', 'memory.events']) {
        files[join(path, name)] = ''
      }
    },
    removeDirectory(path) {
      if (files[join(path, 'cgroup.procs')] !== '') throw refusal('EBUSY')
      for (const name of Object.keys(files)) if (name.startsWith(`${path}/`)) delete files[name]
    },
    names: (directory) => [
      ...new Set(
        Object.keys(files).flatMap((path) =>
          path.startsWith(`${directory}/`) ? [path.slice(directory.length + 1).split('/')[0] ?? ''] : [],
        ),
      ),
    ],
    link(path) {
      if (path !== '/proc/self/ns/pid' || options.namespace === '') throw refusal('ENOENT')
      return `pid:[${options.namespace ?? '4026531836'}]`
    },
    madeAt: () => options.madeAt ?? 0,
    isWritable: (path) => !(options.readOnly ?? []).some((closed) => path === closed || path.startsWith(`${closed}/`)),
  }
  return kernel
}

const mounted2 = '30 25 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate\n'
const service = '/sys/fs/cgroup/system.slice/models.service'
const group = (path: string, inside: string, handed = '') => ({
  [`${path}/cgroup.procs`]: inside,
  [`${path}/cgroup.controllers`]: 'cpuset cpu io memory pids\n',
  [`${path}/cgroup.subtree_control`]: handed,
})
const asService = {
  '/proc/self/cgroup': '0::/system.slice/models.service/main\n',
  '/proc/self/mountinfo': mounted2,
  ...group(service, ''),
  ...group(`${service}/main`, '7\n'),
}

test('version 2: a service that was given a group makes the groups of workers beside its own', () => {
  const files: Record<string, string> = { ...asService }
  const kernel = fakeKernel(files)
  const places = findCgroupPlaces(kernel)
  expect(places).toEqual([{ version: 2, directory: service, controllers: ['memory', 'pids', 'cpu'] }])
  Object.assign(files, {
    '/proc/41/stat': '',
    '/proc/41/task/41/children': '42 ',
    '/proc/42/stat': '',
    '/proc/42/task/42/children': '',
  })
  const cgroup = prepareCgroup(limits, places, kernel)
  expect(cgroup?.bounds).toEqual(['memory.max 1073741824', 'pids.max 100', 'cpu.max 150000 100000'])
  cgroup?.enter(41)
  const [made = ''] = kernel.names(service).filter((name) => name.startsWith(`nootropic-4026531836-${process.pid}-`))
  expect(files[`${service}/${made}/cgroup.procs`]).toBe('41\n42\n')
  expect(files[`${service}/${made}/memory.swap.max`]).toBe('0\n')
  expect(cgroup?.memoryKills()).toBe(0)
  files[`${service}/${made}/memory.events`] = 'low 0\noom 1\noom_kill 2\noom_group_kill 1\n'
  expect(cgroup?.memoryKills()).toBe(2)
  files[`${service}/${made}/cgroup.procs`] = ''
  cgroup?.remove()
  expect(kernel.names(service)).not.toContain(made)
})

const notDelegated: readonly (readonly [what: string, files: Record<string, string>, readOnly?: readonly string[]])[] =
  [
    [
      'a group that processes are in, and that is no unit of systemd',
      {
        ...asService,
        '/proc/self/cgroup': '0::/user.slice/app\n',
        ...group('/sys/fs/cgroup/user.slice', ''),
        ...group('/sys/fs/cgroup/user.slice/app', '7\n'),
      },
    ],
    [
      'a service that keeps its processes in its own group',
      {
        ...asService,
        '/proc/self/cgroup': '0::/system.slice/models.service\n',
        ...group(service, '7\n'),
        ...group('/sys/fs/cgroup/system.slice', ''),
      },
    ],
    ['a group to read only, as in most containers', asService, [service]],
    [
      'a tree without controllers',
      { ...asService, [`${service}/cgroup.controllers`]: 'hugetlb\n', [`${service}/main/cgroup.controllers`]: '' },
    ],
    ['a host that tells nothing', {}],
  ]
for (const [what, files, readOnly = []] of notDelegated) {
  test(`version 2: ${what} is no place for workers`, () => {
    expect(findCgroupPlaces(fakeKernel({ ...files }, { readOnly }))).toEqual([])
  })
}

test('version 1: nothing is made below a group that somebody else made', () => {
  const mountinfo = ['memory', 'pids', 'cpu,cpuacct']
    .map((name) => `35 31 0:32 / /cg/${name} rw - cgroup cgroup rw,${name}\n`)
    .join('')
  const found = (cgroup: string) =>
    findCgroupPlaces(fakeKernel({ '/proc/self/mountinfo': mountinfo, '/proc/self/cgroup': cgroup }))
  expect(
    found('4:memory:/docker/4f\n8:pids:/\n1:cpu,cpuacct:/\n').map(({ directory, controllers }) => [
      directory,
      ...controllers,
    ]),
  ).toEqual([
    ['/cg/pids', 'pids'],
    ['/cg/cpu,cpuacct', 'cpu'],
  ])
})

test('a kernel that keeps another bound, or none, gives no group', () => {
  const place: CgroupPlace = { version: 2, directory: service, controllers: ['memory', 'pids'] }
  const refusing: Record<string, string> = { ...asService }
  expect(prepareCgroup(limits, [place], fakeKernel(refusing, { refuse: 'pids.max' }))).toBeUndefined()
  expect(Object.keys(refusing).some((path) => path.includes('nootropic-'))).toBe(false)
  const lying = fakeKernel({ ...asService })
  const read = lying.read
  expect(
    prepareCgroup(limits, [place], { ...lying, read: (path) => (path.endsWith('memory.max') ? 'max\n' : read(path)) }),
  ).toBeUndefined()
  expect(prepareCgroup({ memoryBytes: 1, tasks: 1 }, [{ ...place, controllers: ['cpu'] }], lying)).toBeUndefined()
  expect(prepareCgroup(limits, [], lying)).toBeUndefined()
})

const left = ['nootropic-4026531836-98-0a', 'nootropic-4026531836-99-0b', 'nootropic-4026532284-98-0c', 'nootropical']
const sweeps: readonly (readonly [
  what: string,
  options: Parameters<typeof fakeKernel>[1],
  remain: readonly string[],
])[] = [
  ['by a process that is no more is removed', {}, left.slice(1)],
  ['a moment ago is not: its worker may be about to enter it', { madeAt: 30_000 }, left],
  ['by processes of another pid namespace is not', { namespace: '4026533333' }, left],
  ['where nobody can tell who made it is not', { namespace: '' }, left],
]
for (const [what, options, remain] of sweeps) {
  test(`a group that was made ${what}`, () => {
    const files: Record<string, string> = { ...asService, '/proc/99/stat': '' }
    for (const name of left) files[`${service}/${name}/cgroup.procs`] = ''
    const kernel = fakeKernel(files, options)
    const clock = createManualClock('1970-01-01T00:01:10Z')
    prepareCgroup(limits, [{ version: 2, directory: service, controllers: ['pids'] }], kernel, clock)?.remove()
    expect(kernel.names(service).filter((name) => name.startsWith('nootropic'))).toEqual(remain)
  })
}

test('a group that somebody is in remains, and two of one process have names of their own', () => {
  const files: Record<string, string> = { ...asService, [`${service}/nootropic-4026531836-98-0a/cgroup.procs`]: '7\n' }
  const kernel = fakeKernel(files)
  const places: readonly CgroupPlace[] = [{ version: 2, directory: service, controllers: ['pids'] }]
  prepareCgroup(limits, places, kernel)
  prepareCgroup(limits, places, kernel)
  const names = kernel.names(service).filter((name) => name.startsWith('nootropic'))
  expect(names).toContain('nootropic-4026531836-98-0a')
  expect(names).toHaveLength(3)
})
