//! The table of settings: the one place that knows their names.

/// Something that can be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Setting {
    WsAddr,
    UdpPort,
    TcpPort,
    PublicIp,
    Workers,
    AuthToken,
    AllowedOrigins,
    MaxRoomMembers,
    MaxChatHistory,
    MaxRooms,
    MaxRoomsPerAddress,
    MaxConnections,
    MaxConnectionsPerAddress,
    JoinsPerSecond,
    JoinBurst,
    MessagesPerSecond,
    MessageBurst,
    VideoCodecs,
    IceServers,
    TurnUrls,
    TurnSecret,
    TurnTtl,
    AdminToken,
    StaticDir,
    Log,
    LogFormat,
}

/// A row of the table.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) setting: Setting,
    /// The key in the file; the flag is the same with hyphens.
    pub(crate) key: &'static str,
    /// The environment variable.
    pub(crate) variable: &'static str,
    /// What stands for the value in the help.
    pub(crate) value_name: &'static str,
    /// The text of the default; empty when there is none.
    pub(crate) default: &'static str,
    /// One sentence.
    pub(crate) help: &'static str,
}

const fn row(
    setting: Setting,
    [key, variable, value_name, default]: [&'static str; 4],
    help: &'static str,
) -> Row {
    Row {
        setting,
        key,
        variable,
        value_name,
        default,
        help,
    }
}

/// Every setting, in the order of the help.
pub(crate) const TABLE: &[Row] = &[
    row(
        Setting::WsAddr,
        ["ws_addr", "WS_ADDR", "ADDRESS:PORT", "0.0.0.0:8080"],
        "Where browsers connect: web page, signaling, health, metrics",
    ),
    row(
        Setting::UdpPort,
        ["udp_port", "UDP_PORT", "PORT", "10000"],
        "UDP port of the first media worker; worker n uses port + n; 0 takes any",
    ),
    row(
        Setting::TcpPort,
        ["tcp_port", "TCP_PORT", "PORT", ""],
        "TCP port that browsers are told for media where UDP is blocked; 0 tells none; without it that of ws_addr",
    ),
    row(
        Setting::PublicIp,
        ["public_ip", "PUBLIC_IP", "ADDRESS", ""],
        "Address that browsers send media to; may be given for IPv4 and for IPv6; without it every local address is told",
    ),
    row(
        Setting::Workers,
        ["workers", "WORKERS", "NUMBER", "1"],
        "Media threads, each with a UDP port of its own",
    ),
    row(
        Setting::AuthToken,
        ["auth_token", "SEAMEET_AUTH_TOKEN", "SECRET", ""],
        "Secret that everybody must know to join; prefer the environment or the file to the flag, which others can see",
    ),
    row(
        Setting::AllowedOrigins,
        ["allowed_origins", "ALLOWED_ORIGINS", "ORIGIN", ""],
        "Web pages of other hosts that may connect, as https://host; * allows all",
    ),
    row(
        Setting::MaxRoomMembers,
        ["max_room_members", "MAX_ROOM_MEMBERS", "NUMBER", "25"],
        "Most members of a room",
    ),
    row(
        Setting::MaxChatHistory,
        ["max_chat_history", "MAX_CHAT_HISTORY", "NUMBER", "100"],
        "Chat messages kept for late joiners",
    ),
    row(
        Setting::MaxRooms,
        ["max_rooms", "MAX_ROOMS", "NUMBER", "1000"],
        "Most open rooms",
    ),
    row(
        Setting::MaxRoomsPerAddress,
        [
            "max_rooms_per_address",
            "MAX_ROOMS_PER_ADDRESS",
            "NUMBER",
            "200",
        ],
        "Most open rooms that clients of one address opened; raise it behind a reverse proxy",
    ),
    row(
        Setting::MaxConnections,
        ["max_connections", "MAX_CONNECTIONS", "NUMBER", "10000"],
        "Most open connections",
    ),
    row(
        Setting::MaxConnectionsPerAddress,
        [
            "max_connections_per_address",
            "MAX_CONNECTIONS_PER_ADDRESS",
            "NUMBER",
            "256",
        ],
        "Most open connections from one address; raise it behind a reverse proxy",
    ),
    row(
        Setting::JoinsPerSecond,
        ["joins_per_second", "JOINS_PER_SECOND", "NUMBER", "5"],
        "Joins from one address in the long run, those refused included; raise it behind a reverse proxy",
    ),
    row(
        Setting::JoinBurst,
        ["join_burst", "JOIN_BURST", "NUMBER", "60"],
        "Joins from one address at once; raise it behind a reverse proxy",
    ),
    row(
        Setting::MessagesPerSecond,
        ["messages_per_second", "MESSAGES_PER_SECOND", "NUMBER", "20"],
        "Signaling messages a participant may send in the long run",
    ),
    row(
        Setting::MessageBurst,
        ["message_burst", "MESSAGE_BURST", "NUMBER", "60"],
        "Signaling messages a participant may send at once",
    ),
    row(
        Setting::VideoCodecs,
        ["video_codecs", "VIDEO_CODECS", "CODEC", "vp8,vp9,h264,av1"],
        "Video codecs in the order of preference",
    ),
    row(
        Setting::IceServers,
        ["ice_servers", "ICE_SERVERS", "JSON", "[]"],
        "STUN and TURN servers told to browsers, as a JSON list of {urls, username, credential}",
    ),
    row(
        Setting::TurnUrls,
        ["turn_urls", "TURN_URLS", "URL", ""],
        "TURN servers that know turn_secret, such as turn:turn.example.org:3478?transport=udp",
    ),
    row(
        Setting::TurnSecret,
        ["turn_secret", "TURN_SECRET", "SECRET", ""],
        "static-auth-secret of coturn, for a credential of each participant; prefer the environment or the file to the flag",
    ),
    row(
        Setting::TurnTtl,
        ["turn_ttl", "TURN_TTL", "SECONDS", "21600"],
        "How long a TURN credential lasts",
    ),
    row(
        Setting::AdminToken,
        ["admin_token", "SEAMEET_ADMIN_TOKEN", "SECRET", ""],
        "Secret of at least 16 bytes that opens the operator's view below /api/v1; prefer the environment or the file to \
         the flag",
    ),
    row(
        Setting::StaticDir,
        ["static_dir", "STATIC_DIR", "FOLDER", ""],
        "Folder of a built web application to serve",
    ),
    row(
        Setting::Log,
        ["log", "RUST_LOG", "FILTER", "info"],
        "What to log, for example info or seameet=debug",
    ),
    row(
        Setting::LogFormat,
        ["log_format", "LOG_FORMAT", "FORMAT", "text"],
        "How to log: text or json",
    ),
];

impl Setting {
    /// The setting's row.
    pub(crate) fn row(self) -> &'static Row {
        // The table lists every setting in the order of the enumeration, which a test checks.
        &TABLE[self as usize]
    }

    /// The setting with this key in the file.
    pub(crate) fn by_key(key: &str) -> Option<Self> {
        TABLE
            .iter()
            .find(|row| row.key == key)
            .map(|row| row.setting)
    }

    /// May be given several times; the parts are joined by commas.
    pub(crate) fn is_list(self) -> bool {
        matches!(
            self,
            Self::PublicIp | Self::AllowedOrigins | Self::VideoCodecs | Self::TurnUrls
        )
    }

    /// Must not be printed.
    pub(crate) fn is_secret(self) -> bool {
        matches!(
            self,
            Self::AuthToken | Self::IceServers | Self::TurnSecret | Self::AdminToken
        )
    }
}

impl Row {
    /// The flag without its hyphens in front.
    pub(crate) fn flag(&self) -> String {
        self.key.replace('_', "-")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_finds_its_row() {
        for (index, row) in TABLE.iter().enumerate() {
            assert_eq!(row.setting as usize, index, "{}", row.key);
            assert_eq!(Setting::by_key(row.key), Some(row.setting));
        }
    }
}
