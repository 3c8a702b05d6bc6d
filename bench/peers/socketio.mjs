// The peer in Node: Socket.IO, as its users use it.  PORT RATE SIZE, from SIGUSR2 on.
import { createServer } from "node:http";
import { Server } from "socket.io";

const [port, rate, size] = process.argv.slice(2).map(Number);
const http = createServer();
const io = new Server(http, { transports: ["websocket"], pingInterval: 28_000, perMessageDeflate: false });
http.listen({ host: "127.0.0.1", port, backlog: 4096 });

process.on("SIGUSR2", () => {
  let due = performance.now();
  const next = () => {
    io.emit("event", `@${process.hrtime.bigint()}@`.padEnd(size, "x"));
    due += 1000 / rate;
    setTimeout(next, Math.max(0, due - performance.now()));
  };
  next();
});
