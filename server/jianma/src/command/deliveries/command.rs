//! How `jianma deliveries` is called.

use clap::{Args, Subcommand, ValueEnum};
use store::DeliveryState;

use crate::{installation::Installation, staff::WhoAndWhy};

/// `jianma deliveries list|show|take|retry|redirect|settle`; works beside a running portal.
#[derive(Debug, Args)]
pub struct DeliveriesArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: DeliveriesCommand,
}

/// What can be done about deliveries.
#[derive(Debug, Subcommand)]
pub enum DeliveriesCommand {
    /// Lists what departments have not got, oldest first: id, department, state, attempts,
    /// submitted, next attempt, reason, and with --config how the department gets it: the address
    /// that is posted to, or that it collects; separated by tabs.
    List {
        /// Which portal.
        #[command(flatten)]
        place: Installation,
        /// Only of this department.
        #[arg(long)]
        department: Option<String>,
        /// Only in this state; may be given several times.
        #[arg(long)]
        state: Vec<StateChoice>,
        /// In every state, delivered ones too.
        #[arg(long, conflicts_with = "state")]
        all: bool,
    },
    /// Shows a delivery with its journal, or every delivery of a request.
    Show {
        /// Id of the delivery, `msg_…`, or number of the request.
        delivery: String,
        /// Which portal.
        #[command(flatten)]
        place: Installation,
    },
    /// Takes up a delivery that is stuck: the applicant reads that a member of staff has it, until
    /// it is sent again, goes elsewhere or is settled.
    Take {
        /// Id of the delivery, or number of the request.
        delivery: String,
        /// Who and why, for the journal.
        #[command(flatten)]
        by: WhoAndWhy,
        /// Which portal.
        #[command(flatten)]
        place: Installation,
    },
    /// Has deliveries sent again now, with new patience. Before it is sent, a department that may
    /// have it is asked. What is being sent at that moment is named and left as it is.
    Retry {
        /// Ids of deliveries, or numbers of requests.
        #[arg(required_unless_present = "department")]
        deliveries: Vec<String>,
        /// Everything that this department has not got. What is stuck and may be there is named and left as it is,
        /// unless --config says that the department tells repetitions apart.
        #[arg(long, conflicts_with = "deliveries")]
        department: Option<String>,
        /// Also those that count as delivered or settled, e.g. when a department lost its data.
        #[arg(long, conflicts_with = "department")]
        again: bool,
        /// Who and why, for the journal.
        #[command(flatten)]
        by: WhoAndWhy,
        /// Which portal.
        #[command(flatten)]
        place: Installation,
    },
    /// Has a delivery sent to another department instead. The applicant reads the reason: the
    /// department on their form was another one.
    Redirect {
        /// Id of the delivery, or number of the request.
        delivery: String,
        /// The other department, as in `[departments.ID]`.
        #[arg(long)]
        to: String,
        /// Who and why, for the journal.
        #[command(flatten)]
        by: WhoAndWhy,
        /// Which portal.
        #[command(flatten)]
        place: Installation,
    },
    /// Settles a delivery by hand: it is not sent any more. The applicant reads the reason.
    Settle {
        /// Id of the delivery, or number of the request.
        delivery: String,
        /// The department has the request by another way, e.g. on paper.
        #[arg(long)]
        received: bool,
        /// The department's own reference; it has the request, then.
        #[arg(long)]
        reference: Option<String>,
        /// Who and why, for the journal.
        #[command(flatten)]
        by: WhoAndWhy,
        /// Which portal.
        #[command(flatten)]
        place: Installation,
    },
}

/// States as the command line has them.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum StateChoice {
    /// Never reached the department.
    Pending,
    /// May have reached it.
    Ambiguous,
    /// Confirmed.
    Delivered,
    /// Needs a person.
    Stuck,
    /// Settled by hand.
    Settled,
    /// Sent to another department.
    Redirected,
    /// Taken back by the applicant before it was confirmed.
    Withdrawn,
}

impl From<StateChoice> for DeliveryState {
    fn from(choice: StateChoice) -> Self {
        match choice {
            StateChoice::Pending => Self::Pending,
            StateChoice::Ambiguous => Self::Ambiguous,
            StateChoice::Delivered => Self::Delivered,
            StateChoice::Stuck => Self::Stuck,
            StateChoice::Settled => Self::Settled,
            StateChoice::Redirected => Self::Redirected,
            StateChoice::Withdrawn => Self::Withdrawn,
        }
    }
}
