import { pythonStatements } from './python-statements.ts'
import { reachingCalls, reachingModules } from './reaching-names.ts'

/** A call that leaves the program. */
interface ReachingCall {
  readonly call: string
  readonly line: number
}

/** What a module of Python does. */
export interface PythonModule {
  /** Calls that importing it makes, its own functions followed. */
  readonly atImport: readonly ReachingCall[]
  /** Statements anywhere that run what they have decoded before. */
  readonly decoding: readonly ReachingCall[]
}

/** Code that runs together: the module itself, a function of it, or what making an object of a class runs. */
interface Scope {
  readonly reaching: ReachingCall[]
  /** What it calls: functions and classes by their names, methods by `.name`. */
  readonly called: Set<string>
}

interface Block {
  readonly indentation: number
  /** Whose code it is; nothing for what runs only as a program (`if __name__ == '__main__'`). */
  readonly scope: Scope | undefined
  /** Whether the code runs later than where it stands. */
  readonly isDeferred: boolean
  /** The class whose body it is. */
  readonly className: string | undefined
}

const createScope = (): Scope => ({ reaching: [], called: new Set() })

/** Methods that run when a class is called, or made. */
const makingMethods: ReadonlySet<string> = new Set([
  '__init__',
  '__new__',
  '__post_init__',
  '__init_subclass__',
  '__call__',
])

// It starts at the start of a name only: from every letter of a long one it would take quadratic time (CWE-1333).
const callPattern = /(?<![\w.])([A-Za-z_]\w*(?:\s*\.\s*[A-Za-z_]\w*)*)\s*\(/g
/** A method of what a call or an element gives. */
const chainedPattern = /[)\]]\s*\.\s*([A-Za-z_]\w*)\s*\(/g
const decoded =
  /\b(?:b64decode|b32decode|b16decode|a85decode|b85decode|decodebytes|decompress|fromhex|unhexlify|marshal\.loads|codecs\.decode)\b/
const runs = /(?<![\w.])(?:exec|eval)\s*\(/

/** Follows `import` and `from … import …`, which decide what a name means. */
const readImports = (code: string, aliases: Map<string, string>, starred: Set<string>): void => {
  const from = /^from\s+([\w.]+)\s+import\s+\(?([^)]*)/.exec(code)
  const module = from?.[1] ?? ''
  const names = (from?.[2] ?? /^import\s+(.*)/.exec(code)?.[1] ?? '').split(',')
  for (const entry of names) {
    const [name = '', as, alias] = entry.trim().split(/\s+/)
    if (name === '') continue
    if (name === '*') {
      if (reachingModules.has(module)) starred.add(module)
      continue
    }
    if (from !== null) aliases.set(as === 'as' && alias !== undefined ? alias : name, `${module}.${name}`)
    else if (as === 'as' && alias !== undefined) aliases.set(alias, name)
  }
}

/** Reads the calls of a module of Python without running it. */
export const readPythonModule = (source: string): PythonModule => {
  const aliases = new Map<string, string>()
  const starred = new Set<string>()
  const scopes = new Map<string, Scope>()
  const module = createScope()
  const decoding: ReachingCall[] = []
  const blocks: Block[] = []

  const resolve = (name: string): string => {
    const [first = '', ...rest] = name.split(/\s*\.\s*/)
    const meant = aliases.get(first)
    if (meant !== undefined) return [meant, ...rest].join('.')
    const star = rest.length > 0 ? undefined : [...starred].find((from) => reachingCalls.has(`${from}.${first}`))
    return star === undefined ? [first, ...rest].join('.') : `${star}.${first}`
  }

  const readCalls = (code: string, texts: readonly string[], line: number, scope: Scope): void => {
    for (const [, written = ''] of code.matchAll(callPattern)) {
      const call = resolve(written)
      const method = /\.\s*(\w+)$/.exec(written)?.[1]
      scope.called.add(method === undefined ? written : `.${method}`)
      // `__import__` of a constant name is an import like any other: what the module is decides.
      if (call === '__import__' && texts.length > 0 && !texts.some((text) => reachingModules.has(text))) continue
      if (reachingCalls.has(call)) scope.reaching.push({ call, line })
    }
    for (const [, method = ''] of code.matchAll(chainedPattern)) scope.called.add(`.${method}`)
    for (const [, owner = '', isConstant] of code.matchAll(/(?<![\w.])getattr\s*\(\s*([\w.]+)\s*,\s*(""\s*[,)])?/g)) {
      const from = resolve(owner)
      if (!reachingModules.has(from) && from !== '__builtins__') continue
      if (isConstant !== undefined && !texts.some((text) => reachingCalls.has(`${from}.${text}`))) continue
      scope.reaching.push({ call: `getattr of ${from}`, line })
    }
    const decorator = /^\s*@\s*([A-Za-z_]\w*)/.exec(code)?.[1]
    if (decorator !== undefined) scope.called.add(decorator)
  }

  const scopeOf = (name: string, className: string | undefined): Scope => {
    const key = className === undefined ? name : makingMethods.has(name) ? className : `.${name}`
    const scope = scopes.get(key) ?? createScope()
    scopes.set(key, scope)
    return scope
  }

  for (const { indentation, code, texts, line } of pythonStatements(source)) {
    while ((blocks.at(-1)?.indentation ?? -1) >= indentation) blocks.pop()
    const outer = blocks.at(-1)
    readImports(code, aliases, starred)
    if (runs.test(code) && decoded.test(code)) decoding.push({ call: code.trim().slice(0, 100), line })
    const definition = /^(?:async\s+)?(def|class)\s+([A-Za-z_]\w*)/.exec(code)
    const isFunction = definition?.[1] === 'def'
    const name = definition?.[2] ?? ''
    const isProgram = /^if\s+__name__\s*==/.test(code)
    const own = outer === undefined ? module : outer.scope
    // The head of a definition runs where it stands; what follows its colon is the body.
    const colon = isFunction || isProgram ? code.lastIndexOf(':') + 1 : code.length
    if (own !== undefined) readCalls(code.slice(definition?.[0].length ?? 0, colon), texts, line, own)
    let inner = own
    if (isProgram) inner = undefined
    else if (isFunction && outer?.isDeferred !== true) inner = scopeOf(name, outer?.className)
    if (isFunction && inner !== undefined) readCalls(code.slice(colon), texts, line, inner)
    if (definition !== null || code.endsWith(':')) {
      const isDeferred = isFunction || isProgram || outer?.isDeferred === true
      const className = definition?.[1] === 'class' ? name : isFunction ? undefined : outer?.className
      blocks.push({ indentation, scope: inner, isDeferred, className })
    }
  }

  return { atImport: reachedFrom(module, scopes), decoding }
}

/** Everything that running a scope calls, its module's own functions and classes followed. */
const reachedFrom = (start: Scope, scopes: ReadonlyMap<string, Scope>): readonly ReachingCall[] => {
  const seen = new Set<Scope>([start])
  for (const scope of seen) {
    for (const name of scope.called) {
      const next = scopes.get(name)
      if (next !== undefined) seen.add(next)
    }
  }
  // A function of the module's own may be called like a built-in one.
  return [...seen]
    .flatMap(({ reaching }) => reaching)
    .filter(({ call }) => !scopes.has(call))
    .toSorted((left, right) => left.line - right.line)
}
