//! From layers of text to a configuration that cannot be invalid.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use seameet::{Codec, IceServer, Secret, Token, TurnServer, check_origin};

use super::layers::Layers;
use super::parse::{self, Expected};
use super::problem::Problems;
use super::setting::Setting;

/// A configuration that was checked.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) ws_addr: SocketAddr,
    pub(crate) udp_port: u16,
    pub(crate) tcp_port: Option<u16>,
    pub(crate) public_ips: Vec<IpAddr>,
    pub(crate) workers: usize,
    pub(crate) admission: Admission,
    pub(crate) allowed_origins: Vec<String>,
    pub(crate) max_room_members: usize,
    pub(crate) max_chat_history: usize,
    pub(crate) max_rooms: usize,
    pub(crate) max_rooms_per_address: usize,
    pub(crate) max_connections: usize,
    pub(crate) max_connections_per_address: usize,
    pub(crate) joins_per_second: u32,
    pub(crate) join_burst: u32,
    pub(crate) messages_per_second: u32,
    pub(crate) message_burst: u32,
    pub(crate) video_codecs: Vec<Codec>,
    pub(crate) ice_servers: Vec<IceServer>,
    pub(crate) turn_servers: Vec<TurnServer>,
    pub(crate) admin_token: Option<Token>,
    pub(crate) static_dir: Option<PathBuf>,
    pub(crate) log: LogConfig,
}

/// Who may join.
#[derive(Debug)]
pub(crate) enum Admission {
    /// Who knows the secret.
    SharedSecret(Token),
    /// Everybody: for development.
    Open,
}

/// What is logged and how.
#[derive(Debug)]
pub(crate) struct LogConfig {
    pub(crate) filter: String,
    pub(crate) format: LogFormat,
}

/// How lines of the log look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// For programs: one JSON object per line.
    Json,
}

const NO_ADMISSION: &str = "nobody could join: set a shared secret (environment variable SEAMEET_AUTH_TOKEN, \
     auth_token in the file, or --auth-token), or start with --dev to let everybody in without one";

impl Config {
    /// Reads every value and tells every problem at once.
    pub(crate) fn check(layers: &Layers, dev: bool) -> Result<Self, Problems> {
        let mut reader = Reader {
            layers,
            problems: Problems::default(),
        };
        let config = Self::read(&mut reader, dev);
        match config {
            Some(config) if reader.problems.is_empty() => Ok(config),
            _ => Err(reader.problems),
        }
    }

    /// Every read reports its own problem; `None` only says that there was one, so all are made before any is used.
    fn read(reader: &mut Reader<'_>, dev: bool) -> Option<Self> {
        let admission = reader.admission(dev);
        let ws_addr = reader.read(Setting::WsAddr, parse::address);
        let udp_port = reader.read(Setting::UdpPort, parse::port);
        let tcp_port = reader.read(Setting::TcpPort, parse::optional_port);
        let public_ips = reader.read(Setting::PublicIp, parse::ip_addresses);
        let workers = reader.read(Setting::Workers, parse::at_least_one);
        let allowed_origins = reader.read(Setting::AllowedOrigins, origins);
        let max_room_members = reader.read(Setting::MaxRoomMembers, parse::at_least_one);
        let max_chat_history = reader.read(Setting::MaxChatHistory, parse::count);
        let max_rooms = reader.read(Setting::MaxRooms, parse::at_least_one);
        let max_rooms_per_address = reader.read(Setting::MaxRoomsPerAddress, parse::at_least_one);
        let max_connections = reader.read(Setting::MaxConnections, parse::at_least_one);
        let max_connections_per_address =
            reader.read(Setting::MaxConnectionsPerAddress, parse::at_least_one);
        let joins_per_second = reader.read(Setting::JoinsPerSecond, parse::rate);
        let join_burst = reader.read(Setting::JoinBurst, parse::rate);
        let messages_per_second = reader.read(Setting::MessagesPerSecond, parse::rate);
        let message_burst = reader.read(Setting::MessageBurst, parse::rate);
        let video_codecs = reader.read(Setting::VideoCodecs, parse::codecs);
        let ice_servers = reader.read(Setting::IceServers, parse::ice_servers);
        let turn_servers = reader.turn_servers();
        let admin_token = reader.read(Setting::AdminToken, parse::admin_token);
        let static_dir = reader.read(Setting::StaticDir, folder);
        let log = reader.log();
        Some(Self {
            ws_addr: ws_addr?,
            udp_port: udp_port?,
            tcp_port: tcp_port?,
            public_ips: public_ips?,
            workers: workers?,
            admission: admission?,
            allowed_origins: allowed_origins?,
            max_room_members: max_room_members?,
            max_chat_history: max_chat_history?,
            max_rooms: max_rooms?,
            max_rooms_per_address: max_rooms_per_address?,
            max_connections: max_connections?,
            max_connections_per_address: max_connections_per_address?,
            joins_per_second: joins_per_second?,
            join_burst: join_burst?,
            messages_per_second: messages_per_second?,
            message_burst: message_burst?,
            video_codecs: video_codecs?,
            ice_servers: ice_servers?,
            turn_servers: turn_servers?,
            admin_token: admin_token?,
            static_dir: static_dir?,
            log: log?,
        })
    }

    /// Where the server listens, for a command that needs nothing else.
    pub(crate) fn check_address(layers: &Layers) -> Result<SocketAddr, Problems> {
        let mut reader = Reader {
            layers,
            problems: Problems::default(),
        };
        reader
            .read(Setting::WsAddr, parse::address)
            .ok_or(reader.problems)
    }
}

struct Reader<'a> {
    layers: &'a Layers,
    problems: Problems,
}

impl Reader<'_> {
    fn read<T>(
        &mut self,
        setting: Setting,
        parse: impl FnOnce(&str) -> Result<T, Expected>,
    ) -> Option<T> {
        let value = self.layers.get(setting);
        match parse(&value.text) {
            Ok(parsed) => Some(parsed),
            Err(expected) => {
                self.problems.add_value(setting, &value, expected);
                None
            }
        }
    }

    /// A secret beside `--dev` would look like protection and be none, so the two exclude each other.
    fn admission(&mut self, dev: bool) -> Option<Admission> {
        match (dev, self.layers.is_set(Setting::AuthToken)) {
            (true, false) => Some(Admission::Open),
            (false, true) => self.read(Setting::AuthToken, |text| match text.trim() {
                "" => Err("a secret that is not blank"),
                _ => Ok(Admission::SharedSecret(Token::new(text))),
            }),
            (true, true) => {
                let origin = self.layers.get(Setting::AuthToken).origin;
                self.problems.add(format!(
                    "--dev lets everybody in, but auth_token is set ({origin}): remove one of them"
                ));
                None
            }
            (false, false) => {
                self.problems.add(NO_ADMISSION);
                None
            }
        }
    }

    /// Addresses without the secret, or the secret without addresses, are half a TURN server.
    fn turn_servers(&mut self) -> Option<Vec<TurnServer>> {
        let urls = self.read(Setting::TurnUrls, parse::ice_urls);
        let ttl = self.read(Setting::TurnTtl, parse::seconds);
        let secret = self.layers.get(Setting::TurnSecret).text;
        let (urls, ttl) = (urls?, ttl?);
        match (urls.is_empty(), secret.is_empty()) {
            (true, true) => Some(Vec::new()),
            (false, false) => Some(vec![TurnServer {
                urls,
                secret: Secret::new(secret),
                ttl,
            }]),
            _ => {
                self.problems
                    .add("turn_urls and turn_secret come together: set both or none");
                None
            }
        }
    }

    fn log(&mut self) -> Option<LogConfig> {
        let filter = self.read(Setting::Log, |text| {
            crate::log::check_filter(text).map(|()| text.to_owned())
        });
        let format = self.read(Setting::LogFormat, |text| match text {
            "text" => Ok(LogFormat::Text),
            "json" => Ok(LogFormat::Json),
            _ => Err("text or json"),
        });
        Some(LogConfig {
            filter: filter?,
            format: format?,
        })
    }
}

fn origins(text: &str) -> Result<Vec<String>, Expected> {
    let expected = "origins such as https://meet.example.org without a path, or *";
    parse::list(text)
        .map(|item| match check_origin(item) {
            Ok(()) => Ok(item.to_owned()),
            Err(_) => Err(expected),
        })
        .collect()
}

fn folder(text: &str) -> Result<Option<PathBuf>, Expected> {
    match text {
        "" => Ok(None),
        text if PathBuf::from(text).join("index.html").is_file() => Ok(Some(text.into())),
        _ => Err("a folder with an index.html"),
    }
}
