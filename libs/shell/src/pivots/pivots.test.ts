import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Pivot, pivotsOf } from '../index.ts'

// `tool relation account@host:port/object (on)`, leaving out what is null.
function said({ tool, relation, host, port, account, object, on }: Pivot): string {
  const place = `${account === null ? '' : `${account}@`}${host ?? ''}${port === null ? '' : `:${port}`}${object === null ? '' : `/${object}`}`
  return `${tool} ${relation} ${place}${on === null ? '' : ` (${on})`}`
}
const read = (line: string) => pivotsOf(line).map(said)

describe('pivotsOf', () => {
  it.each<[string, string[]]>([
    ['ssh bastion.internal', ['ssh connect bastion.internal']],
    ['ssh -p 2222 root@10.0.0.7 uptime', ['ssh connect root@10.0.0.7:2222']],
    ['ssh -p2222 -lroot -i ~/.ssh/id db', ['ssh connect root@db:2222']],
    ['ssh ssh://ops@db.internal:2200', ['ssh connect ops@db.internal:2200']],
    ['ssh -o HostName=10.1.1.1 -o "Port 2022" -o user=ops alias', ['ssh connect ops@10.1.1.1:2022']],
    ['ssh -6 ops@[::1]', ['ssh connect ops@::1']],
    ['ssh -vvv4 -oStrictHostKeyChecking=no host', ['ssh connect host']],
    ['/usr/bin/ssh -tt host', ['ssh connect host']],
    ['ssh "$HOST"', ['ssh connect ']],
    ['ssh', []],
  ])('reads %s', (line, pivots) => expect(read(line)).toEqual(pivots))

  it.each<[string, string[]]>([
    ['ssh -J a@jump1:2022,jump2 db', ['ssh jump a@jump1:2022', 'ssh jump jump2', 'ssh connect db']],
    ['ssh -o ProxyJump=jump db', ['ssh jump jump', 'ssh connect db']],
    ['ssh -o "ProxyCommand ssh -W db:22 jump" db', ['ssh forward db:22', 'ssh connect jump', 'ssh connect db']],
    ['ssh -L 5432:db.internal:5432 -N bastion', ['ssh forward db.internal:5432', 'ssh connect bastion']],
    ['ssh -R 8080:localhost:80 host', ['ssh forward localhost:80', 'ssh connect host']],
    ['ssh -L 127.0.0.1:5432:[fd00::1]:5432 h', ['ssh forward fd00::1:5432', 'ssh connect h']],
    ['ssh -D 1080 host', ['ssh forward /socks', 'ssh connect host']],
    ['ssh -W db:22 jump', ['ssh forward db:22', 'ssh connect jump']],
  ])('reads jumps and tunnels: %s', (line, pivots) => expect(read(line)).toEqual(pivots))

  it.each<[string, string[]]>([
    ['scp -P 2022 ./a ops@host:/tmp/b', ['scp copy ops@host:2022']],
    ['scp a@h1:/x b@h2:/y', ['scp copy a@h1', 'scp copy b@h2']],
    ['scp ./dir:odd/file /tmp', []],
    ['sftp ops@files.internal', ['sftp copy ops@files.internal']],
    ['rsync -avz -e "ssh -p 22" src/ ops@host:/srv/', ['rsync copy ops@host']],
    ['rsync rsync://mirror.internal/module .', ['rsync copy mirror.internal']],
  ])('reads copies: %s', (line, pivots) => expect(read(line)).toEqual(pivots))

  it.each<[string, string[]]>([
    ['psql -h db.internal -p 5433 -U app orders', ['psql connect app@db.internal:5433/orders']],
    ['psql --host=db.internal --dbname=orders -c "select 1"', ['psql connect db.internal/orders']],
    ['PGPASSWORD=x psql "postgresql://app:x@db.internal/orders?sslmode=require"', ['psql connect app@db.internal/orders']],
    ['psql "host=db.internal user=app dbname=\'orders\'"', ['psql connect app@db.internal/orders']],
    ['psql -h /var/run/postgresql', []],
    ['psql orders', []],
    ['mysql -h db -u root -psecret shop', ['mysql connect root@db/shop']],
    ['redis-cli -h cache.internal -a hunter2 get k', ['redis-cli connect cache.internal']],
    ['redis-cli -u redis://cache:6380/2', ['redis-cli connect cache:6380/2']],
    ['mongosh mongodb://u:p@mongo.internal:27018/admin', ['mongosh connect u@mongo.internal:27018/admin']],
  ])('reads databases: %s', (line, pivots) => expect(read(line)).toEqual(pivots))

  it.each<[string, string[]]>([
    ['kubectl -n shop exec -it web-1 -c app -- sh', ['kubectl exec /shop/web-1']],
    ['kubectl exec web-1 -- psql -h db', ['kubectl exec /web-1', 'psql connect db (web-1)']],
    ['kubectl --server https://10.0.0.1:6443 get pods', ['kubectl connect 10.0.0.1:6443']],
    ['kubectl --context=prod get secrets', ['kubectl connect /prod']],
    ['kubectl port-forward svc/web 8080:80 -n shop', ['kubectl forward :80/shop/svc/web']],
    ['kubectl cp shop/web-1:/etc/passwd .', ['kubectl copy /shop/web-1']],
    ['docker exec -it -u root web sh -c "curl http://meta.internal/"', ['docker exec /web', 'curl fetch meta.internal (web)']],
    ['docker -H ssh://ops@host ps', ['docker connect ops@host']],
    ['podman exec web id', ['podman exec /web']],
  ])('reads containers: %s', (line, pivots) => expect(read(line)).toEqual(pivots))

  it.each<[string, string[]]>([
    ['curl -s -H "X: y" https://billing.internal:8443/v1', ['curl fetch billing.internal:8443']],
    ['curl billing.internal/v1 -o out.json', ['curl fetch billing.internal']],
    ['curl -x http://proxy:3128 http://a.internal', ['curl jump proxy:3128', 'curl fetch a.internal']],
    ['curl -XPOST -d @file http://169.254.169.254/latest', ['curl fetch 169.254.169.254']],
    ['wget -qO- http://h/x', ['wget fetch h']],
    ['nc -zv 10.0.0.9 5432', ['nc connect 10.0.0.9:5432']],
    ['nc -lvp 4444', []],
    ['socat - TCP:db:5432', ['socat connect db:5432']],
    ['exec 3<>/dev/tcp/10.0.0.9/443', ['bash connect 10.0.0.9:443']],
  ])('reads fetches and raw connections: %s', (line, pivots) => expect(read(line)).toEqual(pivots))

  it.each<[string, string[]]>([
    ['sudo -u app timeout 5 ssh host', ['ssh connect host']],
    ['FOO=1 env BAR=2 nohup ssh host &', ['ssh connect host']],
    ['sshpass -p secret ssh ops@host', ['ssh connect ops@host']],
    ['cat hosts | xargs -n1 ssh jump', ['ssh connect jump']],
    ['if true; then ssh a; else ssh b; fi', ['ssh connect a', 'ssh connect b']],
    ["ssh jump 'psql -h db.internal'", ['ssh connect jump', 'psql connect db.internal (jump)']],
    ['ssh jump ssh inner uptime', ['ssh connect jump', 'ssh connect inner (jump)']],
    ["bash -lc 'ssh host'", ['ssh connect host']],
    ['echo c3NoIG9wc0BoaWRkZW4= | base64 -d | sh', ['ssh connect ops@hidden']],
    ['echo "ssh hidden" | bash', ['ssh connect hidden']],
    ['bash <<EOF\nssh hidden\nEOF', ['ssh connect hidden']],
    ['ssh jump <<"EOF"\npsql -h db\nEOF\nssh after', ['ssh connect jump', 'psql connect db (jump)', 'ssh connect after']],
    ['ssh jump bash -s <<< "ssh inner"', ['ssh connect jump', 'ssh connect inner (jump)']],
    ['cat <<EOF\nssh hidden\nEOF', []],
    ['echo ssh host', []],
    ['x=$(ssh host cat /etc/hosts)', ['ssh connect host']],
    ['man ssh; grep ssh /etc/services', []],
  ])('looks through wrappers and nested lines: %s', (line, pivots) => expect(read(line)).toEqual(pivots))

  it.each<[string, string[]]>([
    ['ssh host -p 2222 -l root uptime', ['ssh connect root@host:2222']],
    ['ssh -o ProxyCommand="nc -x proxy:1080 %h %p" db', ['nc jump proxy:1080', 'nc connect db:22', 'ssh connect db']],
    ['ssh -o HostName=%h.internal db', ['ssh connect db.internal']],
    ['rsync -a -e "ssh -p 22 -J jump" src/ ops@host:/srv/', ['rsync jump jump', 'rsync copy ops@host']],
    ['rsync --rsh="ssh -o ProxyJump=jump" src/ host:/srv/', ['rsync jump jump', 'rsync copy host']],
    ['PGHOST=db.internal PGUSER=app psql orders', ['psql connect app@db.internal/orders']],
    ['psql -h a.internal,b.internal orders', ['psql connect a.internal/orders', 'psql connect b.internal/orders']],
    ['DATABASE_URL=postgres://app:x@db/orders ./migrate up', ['migrate connect app@db/orders']],
    ['python3 load.py --to=redis://cache:6380/2', ['python3 connect cache:6380/2']],
    ['echo postgres://app@db/orders', []],
    ['DOCKER_HOST=ssh://ops@host docker ps', ['docker connect ops@host']],
    ['docker compose -f x.yml exec -T web psql -h db', ['docker exec /web', 'psql connect db (web)']],
    ['docker run --rm -it --network host alpine ssh ops@host', ['ssh connect ops@host']],
    ['oc rsh web-1 curl http://meta.internal', ['oc exec /web-1', 'curl fetch meta.internal (web-1)']],
    ['nc -U /run/app.sock', []],
    ['openssl s_client -connect db.internal:5432 -quiet', ['openssl connect db.internal:5432']],
    ['git clone git@code.internal:team/app.git', ['git copy git@code.internal']],
    ['git -C x push ssh://git@code.internal:2222/app main', ['git copy git@code.internal:2222']],
    ['git commit -m git@code.internal:x', []],
    ["su - app -c 'ssh host'", ['ssh connect host']],
    ['eval "ssh $X host; ssh b"', ['ssh connect ', 'ssh connect b']],
    ['find . -name x -exec scp {} host:/tmp \\;', ['scp copy host']],
    ['busybox nc 10.0.0.9 22', ['nc connect 10.0.0.9:22']],
    ['nsenter -t 1 -m -n -- ssh host', ['ssh connect host']],
    ['base64 -d <<< c3NoIG9wc0BoaWRkZW4= | sh', ['ssh connect ops@hidden']],
    ['bash -c "$(printf %s c3NoIG9wc0BoaWRkZW4= | base64 --decode)"', ['ssh connect ops@hidden']],
    ['echo c3NoIG9wc0BoaWRkZW4= | openssl enc -base64 -d > x', ['ssh connect ops@hidden']],
  ])('reads %s', (line, pivots) => expect(read(line)).toEqual(pivots))

  it.each([
    ['true && ssh -J jump.one,jump.two ops@db.internal', ['jump.one', 'jump.two', 'ops@db.internal']],
    ["ssh outer 'psql -h db.internal'", ['outer', 'db.internal']],
    ['curl -x proxy:3128 http://a.internal/', ['proxy:3128', 'http://a.internal/']],
  ])('says where each stands in %s', (line, places) => {
    expect(pivotsOf(line).map(({ offset }, n) => line.slice(offset, offset + (places[n]?.length ?? 0)))).toEqual(places)
  })

  it('never throws, is bounded, and stays inside the line, for 10,000 seeded lines', () => {
    const word = fc.constantFrom(
      'ssh',
      'scp',
      'psql',
      'kubectl',
      'docker',
      'exec',
      'curl',
      'nc',
      'sudo',
      'bash',
      '-c',
      '-J',
      '-L',
      '-h',
      '-o',
      '--',
      '--host=',
      'a@b:22',
      'http://x',
      '[::1]:',
      '1:2:3',
      "'",
      '"',
      '|',
      '&&',
      '$(',
      ')',
      'base64',
      '-d',
      'c3NoIGE=',
      'echo',
      '\n',
      '=',
      '-',
      'é',
      '\0',
    ) // prettier-ignore
    const line = fc.array(fc.oneof(word, fc.string({ maxLength: 5 })), { maxLength: 40 }).map((parts) => parts.join(' '))
    fc.assert(
      fc.property(line, (text) => {
        const found = pivotsOf(text)
        expect(found.length).toBeLessThanOrEqual(64)
        for (const { offset } of found) expect(offset).toBeLessThanOrEqual(text.length)
      }),
      { numRuns: 10_000, seed: 2026 },
    )
  })

  it('reads hostile lines in time that grows with their length alone', () => {
    expect(pivotsOf('ssh '.repeat(20_000)).length).toBeLessThanOrEqual(64)
    expect(pivotsOf(`scp ${'a'.repeat(200_000)}:`)).toHaveLength(0)
    expect(pivotsOf(`ssh -o ${' '.repeat(200_000)}x h`)).toHaveLength(1)
    expect(pivotsOf("bash -c '".repeat(10_000)).length).toBeLessThanOrEqual(64)
  })
})
