import { Command } from 'commander'

/** A command's own work, loaded when it runs: `duoke version` does not load a server. */
export type Run = (options: Record<string, unknown>, args: readonly string[]) => Promise<void>
export type Commands = Record<
  | 'start'
  | 'serve'
  | 'simulate'
  | 'apply'
  | 'tokenCreate'
  | 'doctor'
  | 'backup'
  | 'restore'
  | 'export'
  | 'import'
  | 'rulesPreview'
  | 'rulesFairness'
  | 'rulesForecast'
  | 'version',
  Run
>
type Action = (name: keyof Commands) => (this: Command) => Promise<void>

/** The whole command line. Names and flags are fixed: others script against them. */
export function createProgram(commands?: Commands): Command {
  const program = new Command('duoke')
    .description('Duoke 多客: multi-agent customer service for WeChat accounts')
    .showHelpAfterError('(duoke --help lists the commands)')
    .exitOverride()
  const action: Action = (name) =>
    async function (this: Command) {
      await commands?.[name](this.opts(), this.args)
    }
  addServers(program, action)
  addSimulator(program, action)
  addConfiguration(program, action)
  addKeeping(program, action)
  return program
}

function addServers(program: Command, action: Action): void {
  serverFlags(program.command('start'))
    .description('start Duoke with example data and a WeChat simulator beside it')
    .option('--port <port>', 'port of the console and the interface (default: 7300, or the next free one)')
    .option('--phone-port <port>', 'port of the simulator (default: 7400, or the next free one)')
    .option('--no-open', 'do not open a browser')
    .option('--json', 'print addresses and keys as one JSON line')
    .action(action('start'))

  serverFlags(program.command('serve'))
    .description('start the server alone, without any example data')
    .option('--port <port>', 'port to listen on (default: 7300)')
    .option('--nats <url>', 'NATS server, when there is more than one Duoke server')
    .option('--json', 'print the address as one JSON line')
    .action(action('serve'))
}

function addSimulator(program: Command, action: Action): void {
  program
    .command('simulate')
    .description('start the WeChat simulator alone, or drive load with it')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <port>', 'port to listen on', '7400')
    .option('--accounts <file>', 'JSON or YAML file with the accounts to play')
    .option('--example <file>', 'file with the secrets of the example account (duoke start writes it)')
    .option('--state <folder>', 'keep the world in this folder between two runs')
    .option('--load', 'drive many followers at a rate and report latencies')
    .option('--push-url <url>', "server address to push to, with --load (default: the example file's)")
    .option('--followers <count>', 'number of followers, with --load', '100')
    .option('--rate <per-second>', 'messages a second, with --load', '50')
    .option('--seconds <seconds>', 'how long, with --load', '10')
    .option('--json', 'print the result as JSON')
    .action(action('simulate'))
}

function addConfiguration(program: Command, action: Action): void {
  operatorFlags(program.command('apply'))
    .description('apply a configuration document (JSON or YAML; - reads standard input)')
    .argument('<file>')
    .option('--dry-run', 'print the difference and change nothing')
    .option('--prune', 'remove what the document does not name')
    .action(action('apply'))

  const rules = program.command('rules').description('routing rules')
  operatorFlags(rules.command('preview'))
    .description('replay a period of the log under its own rules, and under a document')
    .option('--from <instant>', 'where the period begins')
    .option('--to <instant>', 'where it ends (default: now)')
    .option('--rules <file>', 'rules document (JSON or YAML; - reads standard input) to try')
    .option('--seed <number>', 'for what has to be drawn at random', '1')
    .option('--within <seconds>', 'served within this counts as in time', '30')
    .option('--starvation <seconds>', 'who waits for longer starves', '600')
    .action(action('rulesPreview'))
  operatorFlags(rules.command('fairness'))
    .description('how evenly the rules gave sessions in a period, and in which turn customers were served')
    .option('--from <instant>', 'where the period begins')
    .option('--to <instant>', 'where it ends (default: now)')
    .action(action('rulesFairness'))
  operatorFlags(rules.command('forecast'))
    .description('how many agents each interval of a day needs, by what came in a period of the log')
    .option('--from <instant>', 'where the period begins')
    .option('--to <instant>', 'where it ends (default: now)')
    .option('--interval <minutes>', '15, 30 or 60', '30')
    .option('--team <id>', 'only sessions of this team')
    .option('--account <id>', 'only sessions of this account')
    .option('--within <seconds>', 'served within this counts as in time', '30')
    .option('--answered <share>', 'share of all who come to be served in time (default: 0.8 without --abandoned)')
    .option('--abandoned <share>', 'share of all who come that may leave unserved')
    .option('--concurrency <sessions>', 'that an agent serves at the same time (default: mean capacity)')
    .option('--shrinkage <share>', 'of the time on shift in which an agent is not online', '0')
    .option('--holidays <calendar>', 'cn: holidays and made-up working days are kinds of day of their own; none', 'cn')
    .action(action('rulesForecast'))

  const token = program.command('token').description('access tokens')
  operatorFlags(token.command('create'))
    .description('create an access token and print it on standard output')
    .option('--agent <id>', 'for an agent')
    .option('--app <id>', 'for an app')
    .option('--admin', 'for the operator, with every scope')
    .option('--scopes <a,b>', "scopes, separated by commas (default: those of the holder's role)")
    .option('--expires <duration>', 'such as 12h or 30d (default: never)')
    .option('--label <text>', 'what it is for')
    .action(action('tokenCreate'))
}

function addKeeping(program: Command, action: Action): void {
  operatorFlags(program.command('doctor'))
    .description('examine configuration, database, WeChat connection and clock, and explain')
    .action(action('doctor'))
  operatorFlags(program.command('backup'))
    .description('write everything in the database into one file')
    .argument('<file>')
    .action(action('backup'))
  operatorFlags(program.command('restore'))
    .description('read a backup into an empty database; cursors of apps learn of it by a new epoch')
    .argument('<file>')
    .option('--replace', 'with --server: put it in the place of what is there, which is kept in FILE.replaced first')
    .action(action('restore'))
  operatorFlags(program.command('export'))
    .description('write everything of one organization in open formats: a folder, or a .tar or .tar.gz')
    .argument('<place>')
    .option('--secrets', 'with secrets and password hashes in clear; not over --server')
    .action(action('export'))
  operatorFlags(program.command('import'))
    .description('read what duoke export wrote into an empty installation')
    .argument('<place>')
    .action(action('import'))
  program.command('version').description('print the version').option('--json', 'as JSON').action(action('version'))
}

function serverFlags(command: Command): Command {
  return command
    .option('--host <address>', 'address to listen on (default: 127.0.0.1)')
    .option('--data <folder>', 'folder of the embedded database, the key and the media')
    .option('--database <url>', 'PostgreSQL 15 or later instead of the embedded one')
}

function operatorFlags(command: Command): Command {
  return command
    .option('--data <folder>', 'data folder of the installation')
    .option('--database <url>', 'PostgreSQL of the installation')
    .option('--server <url>', 'address of a running server (or the variable DUOKE_SERVER)')
    .option('--token <token>', 'access token for --server (better: the variable DUOKE_TOKEN)')
    .option('--org <id>', 'organization (default: the only one, or the variable DUOKE_ORG)')
    .option('--json', 'print the result as JSON')
}
