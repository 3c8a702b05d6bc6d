// The peer in Node: ws, with one prepared frame for all.  PORT RATE SIZE, from SIGUSR2 on (Node keeps SIGUSR1 for its debugger).
import { Sender, WebSocketServer } from "ws";

const [port, rate, size] = process.argv.slice(2).map(Number);
const server = new WebSocketServer({ host: "127.0.0.1", port, perMessageDeflate: false, backlog: 4096 });

function publish() {
  const text = `@${process.hrtime.bigint()}@`.padEnd(size, "x");
  const frame = Sender.frame(Buffer.from(text), { fin: true, rsv1: false, opcode: 1, mask: false, readOnly: false });
  const ready = Buffer.concat(frame);
  for (const member of server.clients) member._socket.write(ready);
}

setInterval(() => server.clients.forEach((member) => member.ping()), 28_000);

process.on("SIGUSR2", () => {
  let due = performance.now();
  const next = () => {
    publish();
    due += 1000 / rate;
    setTimeout(next, Math.max(0, due - performance.now()));
  };
  next();
});
