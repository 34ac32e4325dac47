/** What the unit is made from. `account` and the folder of `dataDir` exist when it starts. */
export type ServiceFacts = Readonly<{ binary: string; environmentFile: string; dataDir: string; account: string }>

export const SERVICE = 'honeyframe.service'

/** The programs that put the unit at work, in order. Idempotent: they also serve an upgrade. */
export const START_COMMANDS: readonly (readonly string[])[] = [
  ['systemctl', 'daemon-reload'],
  ['systemctl', 'enable', SERVICE],
  ['systemctl', 'restart', SERVICE],
]

/**
 * The unit of `honeyframe serve` (systemd.service(5), systemd.exec(5)). It may write its data folder and nothing else.
 * `MemoryDenyWriteExecute=` is missing because it kills a runtime that compiles while it runs.
 */
export function renderUnit(facts: ServiceFacts): string {
  return `[Unit]
Description=Honeyframe
Wants=network-online.target
After=network-online.target postgresql.service

[Service]
Type=exec
ExecStart=${word(facts.binary)} serve
User=${facts.account}
Group=${facts.account}
WorkingDirectory=${specifierFree(facts.dataDir)}
EnvironmentFile=${specifierFree(facts.environmentFile)}
# Either of these would turn the executable into the Bun command line before Honeyframe starts.
UnsetEnvironment=BUN_BE_BUN BUN_OPTIONS
Restart=on-failure
RestartSec=2
TimeoutStopSec=15
UMask=0077

ReadWritePaths=${word(facts.dataDir)}
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
PrivateUsers=yes
ProtectProc=invisible
ProtectClock=yes
ProtectHostname=yes
ProtectControlGroups=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RemoveIPC=yes
KeyringMode=private
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
`
}

/** `%` begins a specifier in a unit (systemd.unit(5)). */
function specifierFree(text: string): string {
  return text.replaceAll('%', '%%')
}

/** One word where systemd splits at spaces (systemd.syntax(7), Quoting). */
function word(text: string): string {
  const plain = specifierFree(text)
  return /^[\w./:@%+-]+$/.test(plain) ? plain : `"${plain.replace(/["\\]/g, '\\$&')}"`
}
