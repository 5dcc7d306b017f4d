//! Local servers that have this lab open.

use assay_core::TimestampMs;
use assay_core::event::Kind;
use assay_core::lab::ServerInfo;
use rusqlite::{Connection, params};

use crate::error::Result;
use crate::rows::Rows;
use crate::store::{Store, Write};

impl Store {
    /// A process has one server at most; a new one replaces it.
    pub fn add_server(&self, server: &ServerInfo) -> Result<()> {
        self.write(server.started_ms, |write| {
            write.tx.run(
                "INSERT OR REPLACE INTO servers (process_id, address, started_ms)
                 VALUES (?1, ?2, ?3)",
                params![server.process_id, server.address, server.started_ms],
            )?;
            write.changed(Kind::Servers);
            Ok(())
        })
    }

    pub fn remove_server(&self, process_id: u32, now_ms: TimestampMs) -> Result<()> {
        self.write(now_ms, |write| write.forget_server(process_id))
    }

    /// Those whose process is alive, oldest first.
    pub fn servers(&self, is_alive: impl Fn(u32) -> bool) -> Result<Vec<ServerInfo>> {
        let mut servers = self.read(all)?;
        servers.retain(|server| is_alive(server.process_id));
        Ok(servers)
    }
}

impl Write<'_> {
    pub(crate) fn forget_dead_servers(&mut self, is_alive: &impl Fn(u32) -> bool) -> Result<()> {
        for server in all(&self.tx)? {
            if !is_alive(server.process_id) {
                self.forget_server(server.process_id)?;
            }
        }
        Ok(())
    }

    fn forget_server(&mut self, process_id: u32) -> Result<()> {
        let n_removed = self.tx.run(
            "DELETE FROM servers WHERE process_id = ?1",
            params![process_id],
        )?;
        if n_removed > 0 {
            self.changed(Kind::Servers);
        }
        Ok(())
    }
}

fn all(db: &Connection) -> Result<Vec<ServerInfo>> {
    db.all(
        "SELECT address, process_id, started_ms FROM servers ORDER BY started_ms, process_id",
        [],
        |row| {
            Ok(ServerInfo {
                address: row.get(0)?,
                process_id: row.get(1)?,
                started_ms: row.get(2)?,
            })
        },
    )
}
