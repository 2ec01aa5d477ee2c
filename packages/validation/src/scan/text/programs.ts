import { dataPlaces, excerpt, type Indicator } from './indicator.ts'
import { textRules } from './rules.ts'

const indicator = (
  rule: keyof typeof textRules,
  places: Indicator['places'],
  what: string,
  pattern: RegExp,
): Indicator => ({ rule: textRules[rule], places, what, pattern, shown: ([found]) => excerpt(found) })

/**
 * Program text. Each pattern asks for a call with what it is called on, not for a word: `eval(` and `<script` alone are
 * tokens of every tokenizer that has read code.
 */
export const programIndicators: readonly Indicator[] = [
  indicator(
    'program-code',
    dataPlaces,
    'a call that runs a program',
    /\b(?:os\.(?:system|popen|exec[lv]p?e?|spawn[lv]p?e?|posix_spawn|startfile|remove|unlink)|subprocess\.(?:call|run|Popen|check_output|check_call|getoutput|getstatusoutput)|pty\.spawn|shutil\.rmtree|commands\.getoutput|ctypes\.(?:CDLL|cdll|windll)|runpy\.run_\w{1,10}|importlib\.import_module|child_process(?:['"]\))?\.(?:exec|spawn|fork)\w{0,10}|(?:pickle|marshal|dill|cloudpickle)\.loads?|Runtime\.getRuntime)[ \t]{0,4}\(/g,
  ),
  indicator(
    'program-code',
    dataPlaces,
    'a call that evaluates code',
    /(?<![\w.])(?:eval|exec|execfile)[ \t]{0,4}\([ \t]{0,4}(?:[bfr]{0,2}['"]|compile\(|open\(|input\(|bytes|str\(|chr\(|__|base64|codecs|zlib|requests|urllib|marshal|lambda|[A-Za-z_]{1,40}\.[A-Za-z_])/g,
  ),
  indicator('program-code', dataPlaces, 'an import by name', /(?<!\w)__import__[ \t]{0,4}\(/g),
  indicator(
    'program-code',
    dataPlaces,
    'a statement that imports what reaches the system',
    /(?:^|[\n;'"])[ \t]{0,8}(?:import[ \t]{1,4}(?:os|subprocess|socket|pty|ctypes|shutil|importlib|marshal|pickle|urllib|requests|base64)(?:[ \t]{0,4}[;,\n\\]|[ \t]{0,4}$|[ \t]{1,4}as[ \t])|from[ \t]{1,4}(?:os|subprocess|socket|pty|ctypes|shutil|importlib|marshal|pickle|base64)(?:\.\w{1,20})?[ \t]{1,4}import[ \t])/g,
  ),
  indicator(
    'program-code',
    dataPlaces,
    'a way from an object to the interpreter',
    /__(?:subclasses|globals|builtins|mro|code|reduce|reduce_ex)__(?:[ \t]{0,4}[([.]|['"]\])/g,
  ),
  indicator(
    'script-markup',
    dataPlaces,
    'a script element',
    /<script(?:[ \t\n/][^<>]{0,300})?>[^<]{0,400}?(?:\w\(|\w ?= ?["'\w])|<script[ \t\n][^<>]{0,200}?\bsrc[ \t]{0,4}=/gi,
  ),
  indicator(
    'script-markup',
    dataPlaces,
    'an event handler in markup',
    /<(?:img|svg|body|iframe|input|a|div|video|audio|details|object|embed|math)[ \t\n/][^<>]{0,300}?\bon[a-z]{3,20}[ \t]{0,4}=[ \t]{0,4}["']?\w/gi,
  ),
  indicator(
    'script-markup',
    dataPlaces,
    'an address that is a script',
    /\b(?:javascript|vbscript):[ \t]{0,2}(?:[\w.]{1,60}[(=]|void\b)|\bdata:text\/html[;,]/gi,
  ),
  indicator(
    'destructive-command',
    dataPlaces,
    'a command that deletes or overwrites without bound',
    /(?<![\w-])rm[ \t]{1,4}(?:-[a-zA-Z]{1,8}[ \t]{1,4}|--[a-z-]{1,24}[ \t]{1,4}){0,4}-[a-zA-Z]{0,6}[rRf][a-zA-Z]{0,6}[ \t]{1,4}(?:--[a-z-]{1,24}[ \t]{1,4}){0,2}["']?(?:[/~*]|\$HOME|\.{1,2}(?:[\s"']|$))|(?<!\w)mkfs(?:\.\w{1,8})?[ \t]{1,4}\/dev\/|(?<!\w)dd[ \t]{1,4}(?:\S{1,80}[ \t]{1,4}){0,4}of=\/dev\/[a-z]d|:\(\)[ \t]{0,2}\{[ \t]{0,2}:[ \t]{0,2}\|[ \t]{0,2}:|(?<!\w)(?:del|rd|rmdir)[ \t]{1,4}\/[sSqQfF][^\n]{0,20}[A-Za-z]:\\|(?<!\w)format[ \t]{1,4}[c-zC-Z]:[ \t]{1,4}\/|Remove-Item[^\n]{1,60}-Recurse[^\n]{0,40}[A-Z]:\\/g,
  ),
  indicator(
    'download-and-run',
    dataPlaces,
    'a download that is handed to an interpreter',
    /(?<!\w)(?:curl|wget)[ \t][^\n|;&]{1,300}(?:\|[ \t]{0,4}(?:sudo[ \t]{1,4})?|;[ \t]{0,4}|&&[ \t]{0,4})(?:\/bin\/|\/usr\/bin\/)?(?:env[ \t]{1,4})?(?:ba|z|da|k)?(?:sh|python[23]?|perl|ruby|node|chmod[ \t]{1,4}\+x)(?![\w-])|(?:&&|\|\||;|\|)[ \t]{0,4}(?:wget|curl)[ \t]{1,4}(?:-{1,2}\w[^\n ]{0,40}[ \t]{1,4}){0,6}["']?(?:https?|ftp):\/\/|(?:ba|z)?sh[ \t]{1,4}(?:-c[ \t]{1,4}["']?\$|<)\([ \t]{0,4}(?:curl|wget)[ \t]/g,
  ),
  indicator(
    'download-and-run',
    dataPlaces,
    'a PowerShell command that fetches or hides what it runs',
    /\bpowershell(?:\.exe)?[ \t][^\n]{0,200}?(?:-e(?:nc|ncodedcommand)?[ \t]{1,4}[A-Za-z0-9+/=]{16}|downloadstring|downloadfile|invoke-webrequest|\biex\b|\biwr\b)|\b(?:iex|invoke-expression)[ \t(]{1,4}[^\n]{0,80}?(?:downloadstring|new-object[ \t]|iwr[ \t]|invoke-webrequest)|\b(?:certutil|bitsadmin|mshta|regsvr32)(?:\.exe)?[ \t][^\n]{0,80}?https?:/gi,
  ),
  indicator(
    'download-and-run',
    dataPlaces,
    'code that runs what it fetches',
    /(?<![\w.])(?:exec|eval)[ \t]{0,4}\([ \t]{0,4}(?:requests\.get|urllib\.request\.urlopen|urlopen|urllib2\.urlopen)[ \t]{0,4}\(/g,
  ),
  indicator(
    'reverse-shell',
    dataPlaces,
    'a shell that is connected to another machine',
    /\/dev\/(?:tcp|udp)\/[\w.-]{1,100}\/\d{1,5}|(?<!\w)(?:nc|ncat|netcat)[ \t](?:[^\n|;&]{0,60}[ \t])?-[a-z]{0,4}[ec][ \t]{1,4}(?:\/bin\/|cmd|powershell|(?:ba)?sh)|(?<!\w)socat[ \t][^\n]{0,100}?(?:exec|system):|os\.dup2\([^\n()]{0,40}\.fileno\(\)|\bmkfifo[ \t]{1,4}\/tmp\/[^\n]{1,80}\|[ \t]{0,4}(?:nc|ncat|telnet)[ \t]/gi,
  ),
]
