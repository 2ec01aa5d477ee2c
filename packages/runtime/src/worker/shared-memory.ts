import { closeSync, fchmodSync, ftruncateSync } from 'node:fs'
import { createRequire } from 'node:module'

type Koffi = typeof import('koffi')

/** Memory that two processes see, by the calls of Linux that Node does not offer. */
export interface SharedMemory {
  /**
   * A descriptor of `bytes` zeros that stand on no file system. They are sealed: nobody who holds the descriptor can cut
   * them short, which would end whoever reads them by a SIGBUS.
   */
  create(bytes: number): number
  /** Makes sure that the bytes up to `end` have memory behind them. @throws Error when there is none */
  reserve(descriptor: number, end: number): void
  /** The address at which the first `bytes` of a descriptor stand from now on. */
  map(descriptor: number, bytes: number, access: 'read' | 'write'): bigint
  unmap(address: bigint, bytes: number): void
  /** Gives the memory from `address` on back to the host; the bytes are zeros again. */
  clear(address: bigint, bytes: number): void
  /** The memory itself: only for whoever never unmaps it. */
  view(address: bigint, bytes: number): ArrayBuffer
  copyIn(address: bigint, bytes: Uint8Array): void
  copyOut(address: bigint, bytes: Uint8Array): void
}

// linux/memfd.h, linux/fcntl.h, asm-generic/mman-common.h: the same on x86-64 and arm64.
const closeOnExec = 1
const allowSealing = 2
const noExecution = 8
const addSeals = 1033
const sealed = { seal: 1, shrink: 2, grow: 4 }
const readable = 1
const writable = 2
const shared = 1
const removeMemory = 9

const bind = (koffi: Koffi): SharedMemory => {
  const libc = koffi.load(null)
  const memfdCreate = libc.func('int memfd_create(const char *name, unsigned int flags)')
  const control = libc.func('int fcntl(int descriptor, int command, int argument)')
  const allocate = libc.func('int fallocate(int descriptor, int mode, int64_t offset, int64_t length)')
  const map = libc.func(
    'intptr_t mmap(uintptr_t a, size_t length, int access, int flags, int descriptor, int64_t offset)',
  )
  const unmap = libc.func('int munmap(uintptr_t address, size_t length)')
  const advise = libc.func('int madvise(uintptr_t address, size_t length, int advice)')
  const copyIn = libc.func('void *memcpy(uintptr_t to, const void *from, size_t length)')
  const copyOut = libc.func('void *memcpy(void *to, uintptr_t from, size_t length)')
  const verify = (what: string, result: number | bigint): void => {
    if (Number(result) === -1) throw new Error(`expected ${what} to succeed, found error number ${koffi.errno()}`)
  }
  return {
    create(bytes) {
      const flags = closeOnExec | allowSealing
      // Linux before 6.3 does not know of memory that can never be executed.
      const newest = memfdCreate('nootropic', flags | noExecution)
      const descriptor: number = newest === -1 ? memfdCreate('nootropic', flags) : newest
      verify('memfd_create', descriptor)
      try {
        ftruncateSync(descriptor, bytes)
        verify('sealing', control(descriptor, addSeals, sealed.seal | sealed.shrink | sealed.grow))
        // What was handed over for reading is not opened again for writing by another user.
        fchmodSync(descriptor, 0o600)
        return descriptor
      } catch (error) {
        closeSync(descriptor)
        throw error
      }
    },
    reserve: (descriptor, end) => verify('fallocate', allocate(descriptor, 0, 0, end)),
    map(descriptor, bytes, access) {
      const protection = access === 'read' ? readable : readable | writable
      const address = map(0, bytes, protection, shared, descriptor, 0)
      verify('mmap', address)
      return BigInt(address)
    },
    unmap: (address, bytes) => verify('munmap', unmap(address, bytes)),
    clear: (address, bytes) => verify('madvise', advise(address, bytes, removeMemory)),
    view: (address, bytes) => koffi.view(address, bytes),
    copyIn: (address, bytes) => void copyIn(address, bytes, bytes.byteLength),
    copyOut: (address, bytes) => void copyOut(bytes, address, bytes.byteLength),
  }
}

let loaded: { readonly memory: SharedMemory | undefined } | undefined

/** Undefined where there is none: on other systems than Linux, or without the package koffi. */
export const loadSharedMemory = (): SharedMemory | undefined => {
  if (process.platform !== 'linux') return undefined
  try {
    loaded ??= { memory: bind(createRequire(import.meta.url)('koffi')) }
  } catch {
    loaded = { memory: undefined }
  }
  return loaded.memory
}
