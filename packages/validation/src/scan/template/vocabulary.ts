const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

/** Words of the language that stand where names do. */
export const keywords = words(`
  and or not in is if else elif for recursive true false none True False None with without context ignore missing as
  scoped required
`)

/** Filters of Jinja 3.1, and those that runtimes of chat templates add: `tojson` of transformers, `from_json` and `items` of others. */
export const filters = words(`
  abs attr batch capitalize center count d default dictsort e escape filesizeformat first float forceescape format
  from_json fromjson groupby indent int items join last length list lower map max min pprint random reject rejectattr
  replace reverse round safe select selectattr slice sort string striptags strip sum title to_json tojson trim truncate
  unique upper urlencode urlize wordcount wordwrap xmlattr split startswith endswith keys values
`)

/** Tests of Jinja 3.1. */
export const tests = words(`
  boolean callable defined divisibleby eq equalto escaped even false filter float ge greaterthan gt in integer iterable
  le lessthan lower lt mapping ne none not number odd sameas sequence string test true undefined upper
`)

/** Functions that runtimes of chat templates offer. */
export const functions = words(`
  caller dict joiner cycler loop namespace range raise_exception strftime_now super
`)

/** Functions that are objects of the engine when they are anything but called or tested. */
export const constructors = words('cycler joiner namespace dict range strftime_now raise_exception')

/** Methods of texts, lists, mappings, and of `loop` and `cycler`. They reach nothing beyond their value. */
export const methods = words(`
  capitalize casefold center count encode endswith expandtabs find format index isalnum isalpha isascii isdecimal isdigit
  isidentifier islower isnumeric isprintable isspace istitle isupper join ljust lower lstrip partition removeprefix
  removesuffix replace rfind rindex rjust rpartition rsplit rstrip split splitlines startswith strip swapcase title trim
  upper zfill append clear copy extend insert pop remove reverse sort add discard union update get items keys setdefault
  values popitem next current cycle changed isoformat strftime length includes slice push
`)

/** Statements that build text. `generation` marks what the model wrote (transformers). */
export const statements = words(`
  if elif else endif for endfor set endset macro endmacro call endcall filter endfilter break continue generation
  endgeneration raw endraw with endwith block endblock autoescape endautoescape
`)

/** Statements that read other files. */
export const fileStatements = words('include import from extends')

/** Objects of the engine, of Flask and of Django; no field of a conversation is called so. */
export const internalObjects = words(`
  self request config lipsum application g session url_for get_flashed_messages app current_app environ environment
  settings __builtins__ builtins globals locals vars ansible_facts hostvars lookup query salt
`)

/** Public attributes that lead to frames, code and classes (CPython, and the list of Jinja's own sandbox). */
export const internalAttributes = words(`
  mro func_globals func_code func_closure func_defaults im_class im_func im_self gi_frame gi_code gi_yieldfrom cr_frame
  cr_code cr_await cr_origin ag_frame ag_code ag_await f_globals f_locals f_builtins f_back f_code tb_frame tb_next
  co_code co_consts builtins subclasses
`)

/** What runs programs, opens files, loads code or reaches attributes, by the last part of its name. */
export const dangerousCalls = words(`
  __import__ import_module import_string eval exec execfile compile open file popen popen2 popen3 popen4 system spawn
  spawnl spawnle spawnlp spawnv spawnve spawnvp spawnvpe posix_spawn execl execle execlp execv execve execvp execvpe fork
  run call check_call check_output getoutput getstatusoutput Popen startfile getattr setattr delattr globals locals vars
  dir type breakpoint input exit quit load loads read read_text read_bytes readlines write write_text write_bytes
  unlink rmtree urlopen urlretrieve connect recv send sendall create_connection load_module exec_module load_library
  CDLL dlopen get_data from_string get_template from_object from_pyfile walk_packages resolve_name lookup pipe chr
`)
