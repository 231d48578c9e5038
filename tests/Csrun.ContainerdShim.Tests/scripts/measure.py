#!/usr/bin/env python3
"""measure.py [ROUNDS]: csrun's shim beside containerd-shim-runc-v2 over crun, interleaved: how long Create and Start take,
what relaying 1 GiB of output takes, and memory with one and with 100 shims. As root, after `make`; the figures are for
docs/decisions/shim-containerd.md."""
import json, os, shutil, socket, struct, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
REPOSITORY = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
SHIMS = {"csrun": (REPOSITORY + "/bin/containerd-shim-csrun-v2", ""),
         "runc-v2 over crun": ("/usr/bin/containerd-shim-runc-v2", "/usr/bin/crun")}


def varint(n):
    out = b""
    while n > 127:
        out, n = out + bytes([n & 127 | 128]), n >> 7
    return out + bytes([n])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value) if value else b""
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value if value else b""


class Shim:
    def __init__(self, work, name, script, stdout=""):
        self.binary, self.runtime = SHIMS[name]
        self.bundle = tempfile.mkdtemp(dir=work, prefix="b")
        self.id = os.path.basename(self.bundle)
        self.state, self.stdout = work + "/state", stdout
        self.stream = -1
        shutil.copytree(work + "/root", self.bundle + "/rootfs", symlinks=True)
        config = json.load(open(work + "/config.json"))
        config["ociVersion"] = "1.0.2"
        config["process"].update(args=["/bin/sh", "-c", script], terminal=False)
        config["linux"]["cgroupsPath"] = "/csrun-measure/" + self.id
        json.dump(config, open(self.bundle + "/config.json", "w"))
        os.mkfifo(self.bundle + "/log")
        self.log = os.open(self.bundle + "/log", os.O_RDWR)
        start = [self.binary, "-namespace", "measure", "-address", work + "/c.sock", "-id", self.id, "start"]
        out = subprocess.run(start, cwd=self.bundle, env=dict(os.environ, TTRPC_ADDRESS=work + "/e.sock"), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True)
        self.path = out.stdout.decode().strip()[len("unix://"):]
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(self.path)
        self.pid = self.read_number(self.call("Connect", field(1, self.id)))

    @staticmethod
    def read_number(payload):
        number = shift = 0
        for byte in payload[1:]:
            number |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return number

    def call(self, method, payload):
        self.stream += 2
        body = field(1, "containerd.task.v2.Task") + field(2, method) + field(3, payload)
        self.socket.sendall(struct.pack(">IIBB", len(body), self.stream, 1, 0) + body)
        length = struct.unpack(">I", self.receive(10)[:4])[0]
        answer = self.receive(length)
        if answer[:1] == b"\x0a":
            raise RuntimeError(method + ": " + repr(answer))
        return answer[2:] if length else b""

    def receive(self, count):
        data = b""
        while len(data) < count:
            part = self.socket.recv(count - len(data))
            if not part:
                raise EOFError
            data += part
        return data

    def create(self):
        options = field(1, "containerd.runc.v1.Options") + field(2, field(6, self.runtime) + field(7, self.state))
        self.call("Create", field(1, self.id) + field(2, self.bundle) + field(6, self.stdout) + field(7, self.stdout)
                  + field(10, options))

    def start(self):
        self.call("Start", field(1, self.id))

    def cpu(self):
        fields = open(f"/proc/{self.pid}/stat").read().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def end(self):
        try:
            self.call("Kill", field(1, self.id) + field(3, 9))
        except RuntimeError:
            pass
        self.call("Wait", field(1, self.id))
        self.call("Delete", field(1, self.id))
        try:
            self.call("Shutdown", field(1, self.id))
        except EOFError:
            pass
        self.socket.close()
        os.close(self.log)
        shutil.rmtree(self.bundle)


def median(values):
    return sorted(values)[len(values) // 2]


def latency(work, rounds):
    times = {name: [] for name in SHIMS}
    for _ in range(rounds):
        for name in SHIMS:
            shim = Shim(work, name, "exec sleep 1000")
            begin = time.perf_counter()
            shim.create()
            shim.start()
            times[name].append((time.perf_counter() - begin) * 1000)
            shim.end()
    for name, values in times.items():
        print(f"Create and Start, {name}: median {median(values):.2f} ms, minimum {min(values):.2f} ms")


def relay(work, rounds):
    for name in SHIMS:
        seconds, cpu = [], []
        for _ in range(rounds):
            fifo = work + "/fifo"
            os.mkfifo(fifo)
            reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
            os.set_blocking(reader, True)
            shim = Shim(work, name, "exec dd if=/dev/zero bs=1M count=1024 2>/dev/null", fifo)
            shim.create()
            total, before, begin = 0, shim.cpu(), time.perf_counter()
            shim.start()
            while total < 1 << 30:
                total += len(os.read(reader, 1 << 20))
            seconds.append(time.perf_counter() - begin)
            cpu.append(shim.cpu() - before)
            os.close(reader)
            os.unlink(fifo)
            shim.end()
        print(f"1 GiB, {name}: {1 / median(seconds):.2f} GiB/s, {median(cpu):.2f} s of the shim's processor time")


def await_ends():
    """Shims that have nobody to tell their last events to go on for a while, and would share their pages."""
    look = ["pgrep", "-f", "containerd-shim.* -namespace measure"]
    while subprocess.run(look, stdout=subprocess.DEVNULL).returncode == 0:
        time.sleep(1)


def memory(work, count):
    for name in SHIMS:
        await_ends()
        shims = [Shim(work, name, "exec sleep 1000") for _ in range(count)]
        for shim in shims:
            shim.create()
            shim.start()
        time.sleep(2)
        pss = [int(next(line for line in open(f"/proc/{shim.pid}/smaps_rollup") if line.startswith("Pss:")).split()[1])
               for shim in shims]
        print(f"Pss, {count} shims of a container each, {name}: {sum(pss) / count:.0f} KiB each")
        for shim in shims:
            shim.end()


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    work = tempfile.mkdtemp(dir="/var/tmp", prefix="csrun-measure-")
    try:
        os.makedirs(work + "/root/bin")
        for directory in ("proc", "dev", "sys", "tmp", "etc"):
            os.mkdir(work + "/root/" + directory)
        shutil.copy("/bin/busybox", work + "/root/bin/busybox")
        for applet in ("sh", "sleep", "dd"):
            os.symlink("busybox", work + "/root/bin/" + applet)
        subprocess.run([REPOSITORY + "/bin/csrun", "spec", "-b", work], check=True)
        relay(work, 3)
        latency(work, rounds)
        for count in (1, 100):
            memory(work, count)
    finally:
        shutil.rmtree(work)
        for top in os.listdir("/sys/fs/cgroup"):
            try:
                os.rmdir("/sys/fs/cgroup/" + top + "/csrun-measure")
            except OSError:
                pass
        subprocess.run(["chown", "root:root", "/dev/null"])
        os.chmod("/dev/null", 0o666)


main()
