//! `exhook certs`: certificates with which a hook program and a broker can try TLS.

mod authority;
mod certificate;
mod folder;
mod name;
mod report;

use std::path::PathBuf;

use clap::Args;

use self::{
    authority::Authority,
    certificate::{Leaf, Purpose},
    folder::{Folder, Mode},
    name::Name,
    report::{Report, Written},
};
use crate::{
    SUCCESS, UNUSABLE,
    output::{complain, print},
};

const EXAMPLES: &str = "\
Examples:
  exhook certs
                        A test CA, a server's certificate for this machine and a broker's, in the
                        folder certs
  exhook certs --name hooks.example.com --name 10.0.0.5
                        For a hook program that the broker reaches as https://hooks.example.com:9000
                        or https://10.0.0.5:9000
  exhook certs --client emqx-1 --client emqx-2
                        A certificate for each of two brokers
  exhook certs --renew
                        New certificates from the same CA, with the names that they had: a hook
                        program takes them up while it runs, and brokers need no new ca.pem
  exhook certs --json
                        What was written, for a script

The CA is for tests, and for a network of your own: whoever has ca.key can make certificates that
your brokers and hook programs trust.

Exit codes:
  0    The files were written
  2    Nothing was written: wrong usage, files that are there already, a folder that cannot be
       written";

/// Make certificates to try TLS with, for a hook program and for brokers.
///
/// Writes a test CA (ca.pem, ca.key), the hook program's certificate (server.pem, server.key) and
/// the broker's (client.pem, client.key), as EMQX 4.3 and later take them: elliptic keys on P-256,
/// and the names where brokers that verify look for them. A CA that is there already is used
/// again. Then tells what to set in the hook program and in EMQX.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct CertsArguments {
    /// The folder to write to; made where there is none
    #[arg(long, value_name = "DIR", default_value = "certs")]
    out: PathBuf,
    /// A host or an address in the URL that brokers have of the hook program; may come several
    /// times [default: localhost, 127.0.0.1, `::1` and the name of this machine]
    #[arg(long = "name", value_name = "HOST")]
    names: Vec<Name>,
    /// A broker to make a certificate for; may come several times. The first is in client.pem,
    /// others are in client-NAME.pem [default: emqx]
    #[arg(long = "client", value_name = "NAME")]
    clients: Vec<Name>,
    /// For how many days the certificates are valid; a new CA for ten years, or as long as they
    #[arg(long, value_name = "N", default_value_t = 365,
          value_parser = clap::value_parser!(u32).range(1..=36_500))]
    days: u32,
    /// Write new certificates over those that are there, from the same CA
    #[arg(long, conflicts_with = "force")]
    renew: bool,
    /// Write everything anew over what is there, the CA too: nothing that trusts the old one will
    /// trust the new one
    #[arg(long)]
    force: bool,
    /// Print what was written as one JSON object
    #[arg(long)]
    json: bool,
}

/// Runs the command and returns its exit code.
pub(crate) fn run(arguments: &CertsArguments) -> i32 {
    match write(arguments) {
        Ok(report) if arguments.json => {
            print(&report.to_json());
            SUCCESS
        }
        Ok(report) => {
            print(&report.to_text());
            SUCCESS
        }
        Err(problem) => {
            complain(&problem);
            UNUSABLE
        }
    }
}

fn write(arguments: &CertsArguments) -> Result<Report, String> {
    let mode = match (arguments.renew, arguments.force) {
        (true, _) => Mode::Renew,
        (_, true) => Mode::Force,
        _ => Mode::New,
    };
    let folder = Folder::new(&arguments.out, mode);
    let known = folder.authority()?;
    let authority = match &known {
        Some(authority) => Authority::read(&authority.certificate, &authority.key)
            .map_err(|problem| format!("{}: {problem}", folder.path("ca.pem").display()))?,
        None => Authority::new(arguments.days)?,
    };

    let mut leaves = vec![Leaf {
        stem: "server".to_owned(),
        purpose: Purpose::Server,
        names: match &arguments.names[..] {
            [] => folder
                .names("server")?
                .unwrap_or_else(Name::of_this_machine),
            names => names.to_vec(),
        },
    }];
    let clients = match &arguments.clients[..] {
        [] => folder.clients()?,
        names => names.to_vec(),
    };
    for (place, client) in clients.into_iter().enumerate() {
        let stem = match place {
            0 => "client".to_owned(),
            _ => format!("client-{}", client.in_file_name()),
        };
        if leaves.iter().any(|leaf| leaf.stem == stem) {
            return Err(format!("--client {client} is given twice"));
        }
        leaves.push(Leaf {
            stem,
            purpose: Purpose::Client,
            names: vec![client],
        });
    }

    let mut files = Vec::new();
    let mut written = Vec::new();
    if known.is_none() {
        files.push(("ca.pem".to_owned(), authority.certificate_pem().to_owned()));
        files.push(("ca.key".to_owned(), authority.key_pem()));
    }
    written.push(Written::authority(&authority, known.is_some())?);
    for leaf in &leaves {
        let (certificate, key) = authority.sign(leaf, arguments.days)?;
        written.push(Written::leaf(leaf, &certificate)?);
        files.push((leaf.certificate_file(), certificate));
        files.push((leaf.key_file(), key));
    }
    folder.write(&files)?;
    Ok(Report {
        folder: arguments.out.clone(),
        written,
    })
}
