// The program that starts a worker with less than it has itself: it gives everything up for itself, and then becomes the
// worker (Landlock and seccomp bind the calling thread only; execve ends the others). One file when built.
import { fstatSync, readFileSync, writeSync } from 'node:fs'
import { enterDomain, landlockVersion, verifyDomain } from '../sandbox/landlock/restrict.ts'
import {
  become,
  becomeUser,
  belongToParent,
  dropCapabilities,
  keepOpen,
  limit,
  setFilter,
} from '../sandbox/native/give-up.ts'
import { type Kernel, openKernel } from '../sandbox/native/kernel.ts'
import { seccompFilter } from '../sandbox/seccomp/filter.ts'
import type { LaunchOrder, ReachableFile } from './order.ts'

const pathOnlyClosedOnExec = 0x280000
const currentDirectory = -100

/** Opens a place without reading it: that needs no right to the file itself, only the way there. */
const openPlace = (kernel: Kernel, { path, rights, descriptor }: ReachableFile) => {
  try {
    const opened = kernel.call('openat', currentDirectory, path, pathOnlyClosedOnExec)
    if (descriptor !== undefined) kernel.call('dup3', opened, descriptor, 0)
    return { rights, descriptor: opened }
  } catch (cause) {
    throw new Error(`expected to open ${path}, found ${messageOf(cause)}`, { cause })
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

// A host passes on sockets and files at these numbers, or nothing; what else stands there is Node's own.
const passedOn = [3, 4, 5]

const isPassedOn = (descriptor: number): boolean => {
  try {
    const status = fstatSync(descriptor)
    return status.isSocket() || status.isFile()
  } catch {
    return false
  }
}

const limitAddresses = 9

/** Bytes that this process has mapped beside its private memory: programs, and addresses that V8 keeps for later. */
const mappedBeside = (): number => {
  const status = readFileSync('/proc/self/status', 'latin1')
  const [all, own] = ['VmSize', 'VmData'].map((name) => {
    const kilobytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]
    if (kilobytes === undefined) throw new Error(`expected ${name} in /proc/self/status, found none`)
    return Number(kilobytes) * 1024
  })
  return (all ?? 0) - (own ?? 0)
}

const launch = (order: LaunchOrder): never => {
  const kernel = openKernel()
  const places = order.reachable?.map((file) => openPlace(kernel, file))
  for (const descriptor of [0, 1, 2, ...passedOn.filter(isPassedOn)]) keepOpen(kernel, descriptor)
  for (const [resource, value] of order.limits) limit(kernel, resource, value)
  if (order.privateBytes !== undefined) limit(kernel, limitAddresses, mappedBeside() + order.privateBytes)
  if (order.user !== undefined) becomeUser(kernel, order.user)
  dropCapabilities(kernel)
  belongToParent(kernel)
  if (places !== undefined) {
    const version = landlockVersion(kernel)
    enterDomain(kernel, version, places)
    verifyDomain(kernel, version)
  }
  // The process id stays what it is: the filter lets a process signal itself, and nobody else.
  if (order.filter) setFilter(kernel, seccompFilter(kernel.architecture, 'start', process.pid))
  return become(kernel, order)
}

try {
  launch(JSON.parse(process.argv[2] ?? '') as LaunchOrder)
} catch (error) {
  writeSync(2, `launcher: ${messageOf(error)}\n`)
  process.exit(126)
}
