//! Threads and sockets for shards.
