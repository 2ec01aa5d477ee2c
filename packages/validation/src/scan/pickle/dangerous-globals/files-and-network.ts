import type { DangerousGroup } from '../globals.ts'
import { danger } from './danger.ts'

const opensFiles = { does: 'opens, changes or removes files', severity: 'high', tags: ['CWE-73'] } as const
const reachesNetwork = { does: 'reaches the network', severity: 'high', tags: ['CWE-918'] } as const

/** Names that reach files or the network. */
export const reachDangers: readonly DangerousGroup[] = [
  ...danger(opensFiles, {
    io: 'open open_code FileIO BufferedReader BufferedWriter TextIOWrapper OpenWrapper',
    _io: 'open open_code FileIO BufferedReader BufferedWriter TextIOWrapper _BufferedIOBase',
    _pyio: 'open open_code FileIO OpenWrapper',
    os: `
      open fdopen remove removedirs rmdir unlink rename renames replace link symlink chmod chown lchown mkdir makedirs mkfifo
      mknod truncate ftruncate write read pwrite pread sendfile copy_file_range putenv unsetenv environ chdir fchdir chroot
      listdir scandir walk fwalk stat lstat access dup dup2 pipe umask setuid setgid seteuid setegid getenv openpty ptrace
      memfd_create setxattr removexattr utime add_dll_directory
    `,
    posix:
      'open remove rmdir unlink rename replace link symlink chmod chown mkdir mkfifo truncate putenv chdir chroot listdir scandir',
    nt: 'open remove rmdir unlink rename replace link symlink chmod mkdir putenv chdir listdir _add_dll_directory',
    posixpath: 'os realpath expandvars expanduser genericpath',
    ntpath: 'os realpath expandvars expanduser',
    'os.path': 'os realpath expandvars expanduser',
    genericpath: 'os',
    shutil: `
      rmtree move copy copy2 copyfile copyfileobj copymode copystat copytree chown make_archive unpack_archive
      register_archive_format register_unpack_format _make_tarball _unpack_tarfile _unpack_zipfile
    `,
    tempfile:
      'NamedTemporaryFile TemporaryFile TemporaryDirectory SpooledTemporaryFile mkstemp mkdtemp mktemp _TemporaryFileWrapper',
    fileinput: 'input FileInput hook_compressed hook_encoded',
    pathlib: `
      Path.open Path.write_bytes Path.write_text Path.read_bytes Path.read_text Path.unlink Path.rename Path.rmdir Path.touch
      Path.mkdir Path.symlink_to Path.chmod Path.replace
    `,
    glob: 'glob iglob',
    fnmatch: '_compile_pattern',
    mmap: 'mmap',
    fcntl: 'fcntl ioctl flock lockf',
    zipfile: 'ZipFile PyZipFile Path main',
    tarfile: 'open TarFile TarFile.extractall TarFile.open main',
    gzip: 'open GzipFile',
    bz2: 'open BZ2File',
    lzma: 'open LZMAFile',
    zlib: 'decompress decompressobj',
    shelve: 'open Shelf DbfilenameShelf BsdDbShelf',
    dbm: 'open whichdb',
    'dbm.dumb': 'open _Database',
    'dbm.gnu': 'open',
    'dbm.ndbm': 'open',
    'dbm.sqlite3': 'open',
    sqlite3: 'connect Connection',
    _sqlite3: 'connect Connection enable_shared_cache',
    csv: 'reader writer',
    configparser: 'ConfigParser RawConfigParser',
    netrc: 'netrc',
    plistlib: 'load loads readPlist',
    mailbox: 'Maildir mbox MH Babyl MMDF',
    mailcap: 'findmatch getcaps',
    mimetypes: 'init read_mime_types MimeTypes',
    wave: 'open',
    aifc: 'open',
    sunau: 'open',
    chunk: 'Chunk',
    'xml.etree.ElementTree': 'parse iterparse ElementTree XMLParser',
    'xml.dom.minidom': 'parse parseString',
    'xml.dom.expatbuilder': 'parse parseFile',
    'xml.sax': 'parse parseString make_parser',
    'lxml.etree': 'parse fromstring XSLT XMLParser',
    filecmp: 'cmp dircmp',
    stat: '_filemode',
    winreg: '*',
    _winreg: '*',
    msilib: '*',
    msvcrt: '*',
    ossaudiodev: '*',
    zoneinfo: 'ZoneInfo ZoneInfo._unpickle ZoneInfo.from_file',
    'zoneinfo._common': 'load_tzdata',
    'numpy.memmap': '*',
    numpy: 'memmap',
    'numpy.core.memmap': 'memmap',
    'numpy._core.memmap': 'memmap',
  }),
  ...danger(
    {
      does: 'opens a file to write records to, or builds what a configuration names',
      severity: 'high',
      tags: ['CWE-73'],
    },
    {
      logging: 'FileHandler StreamHandler basicConfig LogRecord Formatter _StderrHandler',
      'logging.handlers': `
        BufferingHandler DatagramHandler HTTPHandler MemoryHandler NTEventLogHandler QueueHandler QueueListener
        RotatingFileHandler SMTPHandler SocketHandler SysLogHandler TimedRotatingFileHandler WatchedFileHandler
      `,
      'logging.config':
        'dictConfig fileConfig listen DictConfigurator BaseConfigurator ConvertingDict _resolve stopListening',
    },
  ),
  ...danger(reachesNetwork, {
    socket: 'socket create_connection create_server socketpair fromfd getaddrinfo gethostbyname SocketIO',
    _socket: 'socket getaddrinfo gethostbyname socketpair',
    ssl: 'get_server_certificate SSLContext SSLSocket wrap_socket create_default_context create_connection',
    _ssl: '*',
    select: 'select poll epoll',
    selectors: '*',
    socketserver: '*',
    SocketServer: '*',
    asyncore: '*',
    asynchat: '*',
    'asyncio.streams': 'open_connection start_server open_unix_connection StreamReader',
    'asyncio.selector_events': '*',
    ftplib: 'FTP FTP_TLS ftpcp',
    poplib: 'POP3 POP3_SSL',
    nntplib: 'NNTP NNTP_SSL',
    smtplib: 'SMTP SMTP_SSL LMTP',
    smtpd: '*',
    telnetlib: 'Telnet',
    http: 'client server',
    'http.client': 'HTTPConnection HTTPSConnection HTTPResponse',
    'http.server': 'HTTPServer ThreadingHTTPServer CGIHTTPRequestHandler SimpleHTTPRequestHandler test',
    'http.cookiejar': 'FileCookieJar LWPCookieJar MozillaCookieJar',
    httplib: 'HTTPConnection HTTPSConnection',
    BaseHTTPServer: '*',
    SimpleHTTPServer: '*',
    urllib: 'urlopen urlretrieve URLopener FancyURLopener request',
    urllib2: '*',
    'urllib.request': `
      urlopen urlretrieve Request URLopener FancyURLopener build_opener install_opener OpenerDirector FileHandler
      HTTPHandler HTTPSHandler FTPHandler ProxyHandler DataHandler pathname2url
    `,
    'urllib.robotparser': 'RobotFileParser',
    'xmlrpc.client': 'ServerProxy Transport SafeTransport',
    'xmlrpc.server': '*',
    xmlrpclib: '*',
    SimpleXMLRPCServer: '*',
    'wsgiref.simple_server': '*',
    cgi: '*',
    cgitb: '*',
    requests: '*',
    'requests.api': 'request get post put patch delete head options',
    'requests.sessions': 'Session session',
    httpx: 'get post put request stream Client AsyncClient',
    aiohttp: '*',
    urllib3: 'PoolManager request HTTPConnectionPool ProxyManager',
    websocket: '*',
    websockets: '*',
    paramiko: '*',
    'paramiko.proxy': 'ProxyCommand',
    boto3: '*',
    botocore: '*',
    smbclient: '*',
    fsspec: 'open filesystem open_files get_fs_token_paths',
    'fsspec.core': 'open open_files url_to_fs OpenFile',
    s3fs: '*',
    gcsfs: '*',
    smart_open: '*',
    huggingface_hub: '*',
    'huggingface_hub.file_download': 'hf_hub_download http_get cached_download',
    wget: 'download',
    gdown: '*',
  }),
]
